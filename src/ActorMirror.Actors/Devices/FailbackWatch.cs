using ActorMirror.Domain.Cluster;
using ActorMirror.Domain.Devices;
using ActorMirror.Domain.TrafficGroups;

namespace ActorMirror.Actors.Devices;

/// <summary>
/// The clock of automatic failback: since when this device has seen another one fit to take a group back. Every device looks, as with
/// <see cref="FlapWatch"/>. An attempt that came to nothing begins the delay anew.
/// </summary>
internal sealed class FailbackWatch(TimeProvider time)
{
    private readonly Dictionary<string, (Epoch Epoch, DeviceId Target, long Since)> seen = [];

    /// <summary>To be called about twice a second; says it again until the state has it, since a command may be lost with its ring.</summary>
    public IEnumerable<ClusterCommand.FailbackDue> Look(ClusterReplica replica)
    {
        if (replica is not { Phase: SyncPhase.Established { State: { Settling: false } state }, IsWaiting: false })
        {
            seen.Clear();
            return [];
        }

        var due = new List<ClusterCommand.FailbackDue>();
        foreach (var (name, group) in state.Groups)
        {
            if (group.Handover is not null || state.FailbackTarget(group) is not { } target)
            {
                seen.Remove(name);
                continue;
            }

            if (!seen.TryGetValue(name, out var known) || known.Epoch != group.Epoch || known.Target != target)
                seen[name] = known = (group.Epoch, target, time.GetTimestamp());
            if (FailbackRule.IsReady(group, target) && time.GetElapsedTime(known.Since) >= group.Policy.Failback)
                due.Add(new ClusterCommand.FailbackDue(name, group.Epoch, target));
        }

        return due;
    }
}
