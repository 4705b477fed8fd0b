using System.Collections.Immutable;
using ActorMirror.Management.Contracts;

namespace ActorMirror.Management.Metrics;

/// <summary>Traffic groups, virtual servers, SNATs, members: who serves, and how many connections.</summary>
internal static class TrafficFigures
{
    public static void Draw(Picture picture, StatusReport status, ImmutableArray<VirtualServerReport> servers, ImmutableArray<SnatReport> snats)
    {
        Groups(picture, status);
        Servers(picture, servers);
        var (open, safe) = (
            picture.Gauge("snat_connections", "Open connections of the SNAT that this device forwards, or holds as copies.", "snat"),
            picture.Gauge("snat_connections_protected", "Of those, the ones that would outlive the active device.", "snat"));
        foreach (var snat in snats)
        {
            open(snat.Connections, [snat.Name]);
            safe(snat.Protected, [snat.Name]);
        }
    }

    private static void Groups(Picture picture, StatusReport status)
    {
        var role = picture.Gauge("traffic_group_role", "1 for the part this device plays for the traffic group.", "traffic_group", "role");
        var changes = picture.Counter("traffic_group_role_changes_total", "How often this device's part changed.", "traffic_group");
        var held = picture.Gauge("traffic_group_held", "1 when failures do not move the traffic group at present.", "traffic_group");
        var owned = picture.Gauge("connections", "Open connections this device forwards as active.", "traffic_group");
        var safe = picture.Gauge("connections_protected", "Of those, the ones the mirror acknowledged as applied in its kernel.", "traffic_group");
        var unmirrored = picture.Gauge("connections_unmirrored", "Of those, the ones of virtual servers and SNATs without mirroring.", "traffic_group");
        var young = picture.Gauge("connections_by_choice", "Of those, the ones to be mirrored only when they are older or larger.", "traffic_group");
        var copies = picture.Gauge("connection_copies", "Copies of open connections that this device's kernel holds for the active.", "traffic_group");
        foreach (var group in status.TrafficGroups)
        {
            Picture.States(role, group.Role, group.Name);
            changes(group.Transitions, [group.Name]);
            held(Picture.Flag(group.Held is not null), [group.Name]);
            owned(group.Counts.Owned, [group.Name]);
            safe(group.Counts.Protected, [group.Name]);
            unmirrored(group.Counts.Unmirrored, [group.Name]);
            young(group.Counts.ByChoice, [group.Name]);
            copies(group.Counts.MirroredHere, [group.Name]);
        }
    }

    private static void Servers(Picture picture, ImmutableArray<VirtualServerReport> servers)
    {
        var open = picture.Gauge("virtual_server_connections", "Open connections of the virtual server that this device forwards, or holds as copies.", "virtual_server");
        var safe = picture.Gauge("virtual_server_connections_protected", "Of those, the ones that would outlive the active device.", "virtual_server");
        var up = picture.Gauge("pool_member_up", "1 when the member answers this device's monitor; members without a monitor are left out.", "virtual_server", "pool", "member");
        var load = picture.Gauge("pool_member_connections", "Open connections of the virtual server to the member.", "virtual_server", "pool", "member");
        foreach (var server in servers)
        {
            open(server.Connections, [server.Name]);
            safe(server.Protected, [server.Name]);
            foreach (var member in server.Members)
            {
                string[] at = [server.Name, server.Pool ?? "", member.Address];
                if (member.State != "unknown") up(Picture.Flag(member.State == "up"), at);
                load(member.Connections, at);
            }
        }
    }
}
