using ActorMirror.Domain.Connections;
using ActorMirror.Domain.Devices;

namespace ActorMirror.DataPlane.Host;

/// <summary>
/// The kernel settings the data plane needs, each with its reason. In a namespace of our own all of them are set; in the host's only that
/// our VLANs forward, and the old values come back at a clean stop.
/// </summary>
internal static class DataPlaneSysctls
{
    public static IEnumerable<(string Name, string Value)> For(DeviceGroupModel model)
    {
        // Forwarding is the job. The kernel asks the interface a packet came in by (ip_route_input_slow); ip_forward would also change every other
        // interface, and whether redirects are accepted (inet_forward_change).
        if (model.DataPlane.Namespace is null)
        {
            foreach (var vlan in model.Vlans.Where(v => v.InDataPlane)) yield return ($"net/ipv4/conf/{vlan.Interface}/forwarding", "1");
            yield break;
        }

        yield return ("net.ipv4.ip_forward", "1");

        // Replies of members come in on another interface than the client's packets would leave by.
        yield return ("net.ipv4.conf.all.rp_filter", "0");
        yield return ("net.ipv4.conf.default.rp_filter", "0");

        // Answer for an address only where it lives, and never announce a floating address as the sender of our own requests.
        yield return ("net.ipv4.conf.all.arp_ignore", "1");
        yield return ("net.ipv4.conf.all.arp_announce", "2");

        // A client in the members' subnet must not be told a way around us.
        yield return ("net.ipv4.conf.all.send_redirects", "0");
        yield return ("net.ipv4.conf.default.send_redirects", "0");

        // A segment of no known connection is invalid, not the begin of one: it must never be balanced to another member.
        yield return ("net.netfilter.nf_conntrack_tcp_loose", "0");

        // After a failover the windows of both directions are unknown; refusing segments outside of them is a firewall's task, not ours. (kernel: only RSTs stay checked)
        yield return ("net.netfilter.nf_conntrack_tcp_be_liberal", "1");

        // 2 (the default) gives no events for connections that are older than the listener.
        yield return ("net.netfilter.nf_conntrack_events", "1");

        var tcp = Longest(model, TransportProtocol.Tcp);
        var udp = Longest(model, TransportProtocol.Udp);
        if (tcp is { } t) yield return ("net.netfilter.nf_conntrack_tcp_timeout_established", t);
        if (udp is { } u)
        {
            yield return ("net.netfilter.nf_conntrack_udp_timeout", u);
            yield return ("net.netfilter.nf_conntrack_udp_timeout_stream", u);
        }
    }

    /// <summary>Entries that came from the mirror follow the sysctl from their first packet on, so it is the longest idle timeout configured.</summary>
    private static string? Longest(DeviceGroupModel model, TransportProtocol protocol)
    {
        var timeouts = model.VirtualServers.Where(v => v.Protocol == protocol).Select(v => (int)v.IdleTimeout.TotalSeconds).ToList();
        return timeouts.Count == 0 ? null : timeouts.Max().ToString(System.Globalization.CultureInfo.InvariantCulture);
    }
}
