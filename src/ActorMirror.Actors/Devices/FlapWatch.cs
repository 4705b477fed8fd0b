using ActorMirror.Domain.Cluster;
using ActorMirror.Domain.TrafficGroups;

namespace ActorMirror.Actors.Devices;

/// <summary>
/// The clock of the flap rule: finds moves that this device has seen for long enough. Every device looks, and says what the state has not
/// heard yet: left to one of them, the count would never end when that one is restarted over and over, as a flapping device may be.
/// </summary>
internal sealed class FlapWatch(TimeProvider time, TimeSpan within)
{
    private readonly Dictionary<(string Group, Epoch Move), long> seen = [];

    /// <summary>To be called about twice a second; says it again until the state has it, since a command may be lost with its ring.</summary>
    public IEnumerable<ClusterCommand.FlapsOver> Look(ClusterReplica replica)
    {
        if (replica.State is not { } state) return [];
        var over = new List<ClusterCommand.FlapsOver>();
        var counted = 0;
        foreach (var (name, group) in state.Groups)
        {
            counted += group.Flaps.Length;
            Epoch? last = null;
            foreach (var move in group.Flaps)
            {
                if (seen.TryAdd((name, move), time.GetTimestamp())) continue;
                if (time.GetElapsedTime(seen[(name, move)]) > within) last = move;
            }

            if (last is { } said) over.Add(new ClusterCommand.FlapsOver(name, said));
        }

        if (seen.Count > counted) Forget(state);
        return replica is { Phase: SyncPhase.Established, IsWaiting: false } ? over : [];
    }

    private void Forget(ClusterState state)
    {
        foreach (var move in seen.Keys.Where(k => !state.Groups.TryGetValue(k.Group, out var group) || !group.Flaps.Contains(k.Move)).ToList()) seen.Remove(move);
    }
}
