using System.Collections.Immutable;
using ActorMirror.Management.Contracts;
using ActorMirror.Management.Http;

namespace ActorMirror.Management.Metrics;

/// <summary>The device in its group: membership, lease, links, alarms, failovers.</summary>
internal static class DeviceFigures
{
    public static void Draw(Picture picture, StatusReport status, ImmutableArray<DeviceReport> devices, Measurements measured)
    {
        picture.Gauge("build_info", "Always 1; the labels say what runs.", "device", "group", "version", "engine")(
            1, [status.Device, status.Group, DeviceApi.Version, status.Engine]);
        picture.Gauge("start_time_seconds", "When the worker started, in seconds since 1970.")(status.StartedAt.Wall.ToUnixTimeMilliseconds() / 1000.0, Picture.None);
        picture.Gauge("ready", "1 when this device's mirrors are caught up, as /ready says.")(Picture.Flag(Readiness.Obstacles(status).IsEmpty), Picture.None);
        picture.Gauge("quorate", "1 when this device is in a quorate ring.")(Picture.Flag(status.Quorate), Picture.None);
        picture.Gauge("cluster_members", "Devices in the view.")(status.Members.Length, Picture.None);
        Picture.States(picture.Gauge("membership", "1 for how far this device takes part in the group.", "state"), status.Membership);
        Lease(picture, measured);
        Peers(picture, status, devices);
        var alarm = picture.Gauge("alarm", "1 for each alarm that stands.", "alarm", "object");
        foreach (var standing in status.Alarms) alarm(1, [standing.Id, standing.Object ?? ""]);
        Failovers(picture, status, measured);
    }

    private static void Lease(Picture picture, Measurements measured)
    {
        picture.Gauge("lease_duration_seconds", "How long a renewed lease is valid.")(measured.LeaseDuration, Picture.None);
        picture.Gauge("lease_remaining_seconds", "How long the lease is still valid; 0: there is none.")(measured.LeaseRemaining, Picture.None);
        picture.Gauge("lease_age_seconds", "How long ago the lease that is valid now began; the whole duration when there is none.")(
            Math.Max(0, measured.LeaseDuration - measured.LeaseRemaining), Picture.None);
    }

    private static void Peers(Picture picture, StatusReport status, ImmutableArray<DeviceReport> devices)
    {
        var up = picture.Gauge("cluster_link_up", "1 when the other end of the cluster link answers.", "peer", "link");
        var downs = picture.Counter("cluster_link_downs_total", "How often the cluster link went down since corosync started.", "peer", "link");
        foreach (var link in status.ClusterLinks)
        {
            string[] at = [link.Device, Picture.Text(link.Link)];
            up(Picture.Flag(link.State == ClusterLinkState.Up), at);
            if (link.Downs is { } count) downs(count, at);
        }

        var silence = picture.Gauge("device_silence_seconds", "Age of the newest heartbeat of a device in the view.", "peer");
        foreach (var device in devices)
        {
            if (device.LastHeardMs is { } heard) silence(heard / 1000, [device.Name]);
        }
    }

    private static void Failovers(Picture picture, StatusReport status, Measurements measured)
    {
        var moves = picture.Counter("failovers_total", "Moves of the traffic group, to whichever device.", "traffic_group", "reason");
        var resumed = picture.Counter("failover_connections_resumed_total", "Connections that went on when the traffic group moved.", "traffic_group", "reason");
        var lost = picture.Counter("failover_connections_lost_total", "Connections that ended when the traffic group moved.", "traffic_group", "reason");
        foreach (var count in measured.Failovers)
        {
            string[] at = [count.TrafficGroup, count.Reason];
            moves(count.Moves, at);
            resumed(count.Resumed, at);
            lost(count.Lost, at);
        }

        var took = picture.Gauge("last_promotion_seconds", "How long the last promotion here took, without the wait before it.", "traffic_group");
        var waited = picture.Gauge("last_promotion_wait_seconds", "How long the last promotion here waited for the old active's lease or fencing.", "traffic_group");
        foreach (var group in status.TrafficGroups)
        {
            if (group.LastPromotion is not { } promotion) continue;
            took(promotion.PromotionMs / 1000, [group.Name]);
            waited(promotion.WaitMs / 1000, [group.Name]);
        }
    }
}
