using ActorMirror.Domain.Cluster;

namespace ActorMirror.Actors.Devices;

/// <summary>
/// Finds members whose heartbeats have stopped although the ring stands: a stopped or stuck daemon, which corosync does not notice. Their lease is over
/// by then, so their groups may move at once.
/// </summary>
internal sealed class SilenceWatch(DeviceContext context)
{
    private long viewAt;

    public void ViewChanged() => viewAt = context.Time.GetTimestamp();

    public ClusterCommand.Suspect? Silent(ClusterReplica replica)
    {
        if (replica is not { Phase: SyncPhase.Established established, View: { } view }) return null;
        foreach (var device in view.Members)
        {
            if (device == replica.Self || !established.State.Devices.TryGetValue(device, out var state) || state.Suspect) continue;
            // A worker that is just starting may be slow; nothing depends on it, unless a group waits for it.
            if (!state.Synced && !established.State.IsAwaited(device)) continue;
            if (context.Lease.IsSilent(device, viewAt))
                return new ClusterCommand.Suspect(device, state.Incarnation, $"no heartbeat for {context.Lease.SilenceOf(device)?.TotalMilliseconds:F0} ms");
        }

        return null;
    }
}
