using ActorMirror.Domain.Cluster;
using ActorMirror.Domain.Devices;

namespace ActorMirror.Domain.TrafficGroups;

/// <summary>
/// Automatic failback: a group goes back to a device that stands before its active in the HA order, when that is fit again and the delay is over. It
/// becomes next-active at once, to get the copy; without a complete copy nothing moves. What an operator moved stays until a failure moves it. The
/// state has no clock: a device that saw the other fit for so long says so, in total order (<see cref="ClusterCommand.FailbackDue"/>).
/// </summary>
public static class FailbackRule
{
    /// <summary>Where the group is to go back to; null: nowhere.</summary>
    /// <param name="candidates">In HA order.</param>
    internal static DeviceId? Target(GroupState group, IReadOnlyList<Candidate> candidates) =>
        group is { Policy: { Method: FailoverMethod.HaOrder, Failback: not null }, Active: { } active, IsPinned: false }
            ? First([.. group.HaOrder.TakeWhile(d => d != active)], candidates)
            : null;

    /// <summary>Whether all but the time is as it must be.</summary>
    public static bool IsReady(GroupState group, DeviceId target) =>
        group is { IsUp: true, Handover: null, IsHeld: false, CopyComplete: true } && group.NextActive == target;

    /// <summary>A device has seen it for long enough. All devices may say it; the first one begins the handover.</summary>
    internal static ClusterState Due(ClusterState state, DeviceState sender, ClusterCommand.FailbackDue command) =>
        sender.Synced && state.Groups.TryGetValue(command.Group, out var group) && group.Epoch == command.Epoch
        && state.FailbackTarget(group) == command.Target && IsReady(group, command.Target)
            ? state.With(group.BeginHandover(command.Target, MoveReason.Failback, state.Position))
            : state;

    private static DeviceId? First(IReadOnlyList<DeviceId> before, IReadOnlyList<Candidate> candidates)
    {
        foreach (var device in before)
        {
            if (candidates.Any(c => c.Device == device && c is { Healthy: true, Offline: false })) return device;
        }

        return null;
    }
}
