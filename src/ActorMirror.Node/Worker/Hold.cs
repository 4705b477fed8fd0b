using ActorMirror.Domain.Devices;
using ActorMirror.Domain.TrafficGroups;

namespace ActorMirror.Node.Worker;

/// <summary>What an operator reads of a traffic group that the flap rule holds: how often it moved, and what is to be expected of it.</summary>
internal static class Hold
{
    /// <returns>Null: failures move the group as usual.</returns>
    public static string? TextOf(GroupState? group, DeviceGroupModel model)
    {
        if (group is not { IsHeld: true }) return null;
        var moved = $"failures moved it {group.Flaps.Length} times within {model.Cluster.Flap.Within.TotalSeconds:0.#} s";
        return (group.Active, group.Previous) switch
        {
            ({ } active, _) => $"{moved}: it stays on {model.NameOf(active)}, whatever happens there, until a move is that long ago",
            (null, { } lost) => $"{moved}: it is not served until {model.NameOf(lost)} is back or a move is that long ago",
            _ => moved,
        };
    }
}
