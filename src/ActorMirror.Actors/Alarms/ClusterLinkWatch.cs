using ActorMirror.Cluster;
using ActorMirror.Domain.Devices;

namespace ActorMirror.Actors.Alarms;

/// <summary>Which alarms the cluster links give. Pure.</summary>
public static class ClusterLinkWatch
{
    /// <returns>
    /// For each link its object and the text of <see cref="AlarmKind.ClusterLinkDown"/>, null where there is no such alarm. Nothing while the
    /// links are unknown: what nobody knows raises no alarm and ends none.
    /// </returns>
    public static IEnumerable<(string About, string? Text)> Look(ClusterLinks links, Func<DeviceId, string> name, TimeProvider time) =>
        links.IsKnown(time) ? links.All.Select(link => ($"{name(link.Device)} {link.Remote}", Text(link, links, name))) : [];

    private static string? Text(ClusterLink link, ClusterLinks links, Func<DeviceId, string> name)
    {
        if (link.IsConnected != false) return null;
        var others = links.All.Where(other => other.Device == link.Device && other.IsConnected == true).Select(other => other.Number).ToList();
        return others.Count == 0
            ? $"cluster link {link.Number} is down, and no other reaches {name(link.Device)}"
            : $"cluster link {link.Number} is down: only link {string.Join(", ", others)} still reaches {name(link.Device)}";
    }
}
