using ActorMirror.Domain.Connections;
using ActorMirror.Domain.Devices;

namespace ActorMirror.DataPlane.Host;

/// <summary>
/// The kernel settings the data plane needs, each with its reason. In a namespace of our own all of them are set; in the host's only that
/// our VLANs forward and keep their addresses, and the old values come back at a clean stop. Of IPv6 only where the configuration uses it.
/// </summary>
public static class DataPlaneSysctls
{
    /// <summary>Makes routers of all interfaces, which then heed no router advertisement; without it ip6_forward refuses.</summary>
    public const string Ipv6Forwarding = "net.ipv6.conf.all.forwarding";

    public static IEnumerable<(string Name, string Value)> For(DeviceGroupModel model)
    {
        // Loading a rule with "ct bytes" sets it as well (nft_ct_get_init), and nothing would reset it.
        if (model.Listeners.Any(l => l.Mirror.AfterBytes is not null)) yield return ("net.netfilter.nf_conntrack_acct", "1");

        // Forwarding is the job. The kernel asks the interface a packet came in by (ip_route_input_slow); ip_forward would also change every other
        // interface, and whether redirects are accepted (inet_forward_change).
        if (model.DataPlane.Namespace is null)
        {
            foreach (var vlan in model.Vlans.Where(v => v.InDataPlane)) yield return ($"net/ipv4/conf/{vlan.Interface}/forwarding", "1");
            foreach (var vlan in model.Ipv6Vlans) yield return ($"net/ipv6/conf/{vlan.Interface}/keep_addr_on_down", "1");
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

        if (!model.Ipv6Vlans.IsEmpty)
        {
            yield return (Ipv6Forwarding, "1");

            // A link that goes down takes its IPv6 addresses along (addrconf_ifdown), and nothing would bring the self IPs back.
            yield return ("net.ipv6.conf.all.keep_addr_on_down", "1");
        }

        foreach (var vlan in model.Ipv6Vlans)
        {
            // A host without IPv6 may have it switched off for new interfaces.
            yield return ($"net/ipv6/conf/{vlan.Interface}/disable_ipv6", "0");

            // Addresses and routes are what the configuration says, not what somebody advertises.
            yield return ($"net/ipv6/conf/{vlan.Interface}/accept_ra", "0");
        }

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

    /// <summary>Forwards what comes in by this interface, whatever <see cref="Ipv6Forwarding"/> says; since Linux 6.17.</summary>
    public static string ForcedForwarding(Vlan vlan) => $"net/ipv6/conf/{vlan.Interface}/force_forwarding";

    /// <summary>Entries that came from the mirror follow the sysctl from their first packet on, so it is the longest idle timeout configured.</summary>
    private static string? Longest(DeviceGroupModel model, TransportProtocol protocol)
    {
        var timeouts = model.Listeners.Select(l => l.IdleTimeoutOf(protocol)).OfType<TimeSpan>().Select(idle => (int)idle.TotalSeconds).ToList();
        return timeouts.Count == 0 ? null : timeouts.Max().ToString(System.Globalization.CultureInfo.InvariantCulture);
    }
}
