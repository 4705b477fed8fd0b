using System.Globalization;

namespace ActorMirror.Cluster.Corosync;

/// <summary>Where corosync's statistics keep a link (cmap_keys(8), stats.knet): the other device's node id and the link's number.</summary>
internal readonly record struct LinkKeys(string Connected, string DownCount)
{
    public static LinkKeys Of(ClusterLink link)
    {
        var place = string.Create(CultureInfo.InvariantCulture, $"stats.knet.node{link.Device.Value}.link{link.Number}.");
        return new LinkKeys(place + "connected", place + "down_count");
    }
}
