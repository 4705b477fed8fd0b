using System.Collections.Immutable;
using ActorMirror.Cluster;
using ActorMirror.Domain.Devices;
using ActorMirror.Management.Contracts;

namespace ActorMirror.Node.Worker;

/// <summary>The cluster links, in the words of the management interface.</summary>
internal static class ClusterLinkReports
{
    public static ImmutableArray<ClusterLinkReport> Of(ClusterLinks links, Func<DeviceId, string> name, TimeProvider time)
    {
        var (age, isRead) = (links.Age(time)?.TotalMilliseconds, links.ReadAt is not null);
        var isKnown = links.IsKnown(time);
        return
        [
            .. links.All.Select(link => new ClusterLinkReport(
                name(link.Device), link.Number, link.Local.ToString(), link.Remote.ToString(),
                (isKnown, link.IsConnected) switch { (true, true) => ClusterLinkState.Up, (true, false) => ClusterLinkState.Down, _ => ClusterLinkState.Unknown },
                isRead ? MirrorReports.At(link.Since, time) : null, isRead ? link.Downs : null, age)),
        ];
    }
}
