using ActorMirror.Domain.Devices;
using ActorMirror.Domain.TrafficGroups;

namespace ActorMirror.Domain.Cluster;

/// <summary>The few ways in which rules change the replicated state.</summary>
internal static class StateChanges
{
    public static Epoch Next(this Epoch position, ulong ring) => ring > position.Ring ? new Epoch(ring, 0) : position with { Index = position.Index + 1 };

    public static DeviceState DeviceOrNew(this ClusterState state, DeviceId device) =>
        state.Devices.GetValueOrDefault(device) ?? new DeviceState { Id = device };

    public static ClusterState With(this ClusterState state, DeviceState device) =>
        state with { Devices = state.Devices.SetItem(device.Id, device) };

    public static ClusterState With(this ClusterState state, GroupState group) =>
        state with { Groups = state.Groups.SetItem(group.Name, group) };

    public static ClusterState ChangeGroups(this ClusterState state, Func<GroupState, GroupState> change)
    {
        var groups = state.Groups.ToBuilder();
        foreach (var (name, group) in state.Groups)
        {
            var changed = change(group);
            if (!ReferenceEquals(changed, group)) groups[name] = changed;
        }

        return state with { Groups = groups.ToImmutable() };
    }

    /// <summary>The device is no longer active for anything. While settling nobody is; who was is kept as the first choice.</summary>
    public static ClusterState Out(this ClusterState state, DeviceId device, MoveReason reason) =>
        state.Settling ? state : state.ChangeGroups(g => g.Active == device ? g.Lose(reason) : g);

    public static ClusterState Refuse(this ClusterState state, DeviceId sender, string reason, List<ClusterNotice> notices)
    {
        notices.Add(new ClusterNotice.Refused(sender, reason));
        return state;
    }
}
