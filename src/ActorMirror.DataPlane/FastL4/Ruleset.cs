using System.Text;
using ActorMirror.Domain.Addresses;
using ActorMirror.Domain.Connections;
using ActorMirror.Domain.Devices;
using ActorMirror.Domain.Pools;
using ActorMirror.Domain.VirtualServers;

namespace ActorMirror.DataPlane.FastL4;

/// <summary>
/// Our nftables tables as text. The way of a packet through them:
/// <code>
/// prerouting  raw     lease      to a floating address whose group's lease is over: drop
///             mangle  guard      of no known connection: dropped, or answered with a reset when it is repeated
///             dstnat  dispatch   first packet of a connection: choose a member, mark, translate
/// input       filter  local      to an address of ours but no virtual server's: echo, or refuse
/// forward     filter  relay      ours with a live lease: go on, and say which events we need; anything else: drop (own namespace only)
/// postrouting srcnat  source     SNAT automap
/// arp input, output   lease      the same gate for "who has" and our own announcements
/// </code>
/// Everything is scoped to our own addresses and marks, so that the tables also live beside others in the host's namespace.
/// </summary>
public static class Ruleset
{
    public const string Table = "actormirror";

    /// <summary>Traffic groups with a live lease: elements of type mark (<see cref="FlowMark.GroupBits"/>) that time out with it.</summary>
    public const string LeaseSet = "lease";

    /// <summary>Traffic groups whose new connections wait for a planned handover.</summary>
    public const string GatedSet = "gated";

    private const string Ours = "ct mark & 0xf0000000 == 0xa0000000";

    private const string NotOurs = "ct mark & 0xf0000000 != 0xa0000000";

    /// <summary>
    /// UDP flows of the last seconds and their members. A datagram that finds its flow's entry gone (<c>conntrack -F</c>) would choose again before the
    /// entry is put back; a segment of TCP chooses nothing, it is no SYN. A flow too many is not remembered.
    /// </summary>
    private const string Recent = "map recent { type ipv4_addr . inet_service . ipv4_addr . inet_service : mark; flags dynamic,timeout; timeout 10s; size 65536; }";

    /// <summary>Both tables whole, in one transaction that replaces what an earlier run left.</summary>
    public static string Whole(ServiceTable services, MemberHealth health)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(health);
        var text = new StringBuilder();
        var floating = services.Floating.Where(f => f.Address.IsV4).ToList();
        text.AppendLine($"add table ip {Table}\ndelete table ip {Table}\nadd table arp {Table}\ndelete table arp {Table}");
        text.AppendLine($"table ip {Table} {{");
        text.AppendLine($"set {LeaseSet} {{ type mark; flags timeout; }}");
        text.AppendLine($"set {GatedSet} {{ type mark; }}");
        text.AppendLine(Recent);
        text.AppendLine(Named("map group_of { type ipv4_addr : mark;", floating.Select(f => $"{f.Address} : {Hex(FlowMark.GroupBits(f.GroupNumber))}")));
        text.AppendLine(Named("set floating { type ipv4_addr;", floating.Select(f => f.Address.ToString())));
        text.AppendLine(Named("set virtual { type ipv4_addr;", floating.Where(f => f.IsVirtual).Select(f => f.Address.ToString())));
        text.AppendLine(Named("set echo { type ipv4_addr;", floating.Where(f => f.IcmpEcho).Select(f => f.Address.ToString())));
        text.AppendLine(Named("map members { type mark : ipv4_addr . inet_service;",
            services.Services.SelectMany(s => s.Members).Select(m => $"{m.Mark} : {m.Member.Endpoint.Address} . {m.Member.Endpoint.Port}")));
        text.AppendLine(Named("set member_endpoints { type ipv4_addr . inet_proto . inet_service;",
            services.Services.SelectMany(s => s.Members.Select(m => $"{m.Member.Endpoint.Address} . {Word(s.Server.Protocol)} . {m.Member.Endpoint.Port}")).Distinct()));
        text.AppendLine(Named("map snat_of { type mark : ipv4_addr;",
            services.Services.Where(s => s.Server.SnatAddress is not null).Select(s => $"{Hex(s.Bits)} : {s.Server.SnatAddress}")));
        foreach (var service in services.Services) text.AppendLine($"chain {ChainOf(service)} {{\n{Selection(service, health)}}}");
        text.AppendLine(Named("map services { type ipv4_addr . inet_proto . inet_service : verdict;", services.Services.Select(s =>
            $"{s.Server.Destination.Address} . {Word(s.Server.Protocol)} . {s.Server.Destination.Port} : goto {ChainOf(s)}")));
        text.AppendLine(Chains(services.Model.DataPlane));
        text.AppendLine("}");
        text.AppendLine(ArpTable(floating));
        return text.ToString();
    }

    /// <summary>Replaces the choice of one virtual server; the others, their counters and all connections stay as they are.</summary>
    public static string Reselect(Service service, MemberHealth health)
    {
        ArgumentNullException.ThrowIfNull(service);
        ArgumentNullException.ThrowIfNull(health);
        var text = new StringBuilder($"flush chain ip {Table} {ChainOf(service)}\n");
        foreach (var rule in Selection(service, health).Split('\n', StringSplitOptions.RemoveEmptyEntries))
            text.AppendLine($"add rule ip {Table} {ChainOf(service)} {rule}");
        return text.ToString();
    }

    /// <summary>Tables without a service: what a predecessor left is gone, and conntrack is loaded.</summary>
    public static string Empty => Removal + $$"""
        table ip {{Table}} {
          set {{LeaseSet}} { type mark; flags timeout; }
          chain track { type nat hook prerouting priority dstnat; policy accept; }
        }
        table arp {{Table}} {
          set {{LeaseSet}} { type mark; flags timeout; }
        }

        """;

    /// <summary>Removes both tables; only ours.</summary>
    public static string Removal => $"add table ip {Table}\ndelete table ip {Table}\nadd table arp {Table}\ndelete table arp {Table}\n";

    /// <summary>
    /// Keeps new connections of a traffic group out (a planned handover flushes meanwhile), or lets them in again. The entry is never
    /// confirmed, so the client's next SYN, a second later, chooses afresh: the gate is to be short.
    /// </summary>
    public static string Gate(int trafficGroup, bool closed)
    {
        var element = $"element ip {Table} {GatedSet} {{ {Hex(FlowMark.GroupBits(trafficGroup))} }}\n";
        return closed ? $"add {element}" : $"add {element}delete {element}"; // deleting an absent element would fail
    }

    /// <summary>Connections that were put back are not unknown any more: should they be missing again, their doubt begins anew. Null: nothing to do.</summary>
    public static string? Restored(DataPlaneSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        return settings.OnUnknown == OnUnknown.Reset ? $"flush set ip {Table} unknown\n" : null;
    }

    private static string ChainOf(Service service) => $"vs_{service.Number}";

    /// <summary>The rules that choose a member. Without a member that is up nothing is translated: the packet ends at the local refusal.</summary>
    private static string Selection(Service service, MemberHealth health)
    {
        var text = new StringBuilder();
        if (service.Server.Vlans.Length > 0)
            text.Append($"iifname != {{ {string.Join(", ", service.Server.Vlans.Select(v => $"\"{v.Interface}\""))} }} return\n");
        var up = service.Members.Where(m => health.IsUp(service.Server.Pool.Name, m.Member.Endpoint)).ToList();
        if (up.Count == 0) return text.ToString();
        var weights = up.Select(m => service.Server.Pool.LoadBalancing == LoadBalancing.Ratio ? m.Member.Ratio : 1).ToArray();
        var turn = WeightedRoundRobin.Turn(weights);
        if (service.Server.Protocol == TransportProtocol.Udp) text.Append($"ct mark set ip saddr . udp sport . ip daddr . udp dport map @recent\n{NotOurs} ");
        text.Append(turn.Length == 1
            ? $"ct mark set {up[0].Mark}\n"
            : $"ct mark set numgen inc mod {turn.Length} map {{ {string.Join(", ", turn.Select((member, slot) => $"{slot} : {up[member].Mark}"))} }}\n");
        text.Append($"ct mark & 0xffc00000 == @{GatedSet} drop\n");
        text.Append($"meta l4proto {Word(service.Server.Protocol)} dnat ip to ct mark map @members\n");
        return text.ToString();
    }

    private static string Chains(DataPlaneSettings settings)
    {
        // The third guard rule takes the place of tcp_loose=0 where that sysctl is the host's and not ours to set.
        var refuse = settings.OnUnknown == OnUnknown.Reset ? "goto unknown" : "drop";
        var unknown = settings.OnUnknown == OnUnknown.Reset ? "ct state invalid ip daddr @virtual meta l4proto tcp goto unknown\n    " : "";
        var rest = settings.Namespace is null ? "ip saddr . meta l4proto . th sport @member_endpoints drop" : "drop";
        return (settings.OnUnknown == OnUnknown.Reset ? Unknown : "") + $$"""
              chain lease_check {
                meta mark set ip daddr map @group_of
                meta mark != @{{LeaseSet}} drop
                meta mark set 0
              }
              chain lease {
                type filter hook prerouting priority raw; policy accept;
                ip daddr @floating jump lease_check
              }
              chain guard {
                type filter hook prerouting priority mangle; policy accept;
                {{unknown}}ct state invalid ip daddr @virtual drop
                ct state new ip daddr @virtual tcp flags & (fin|syn|rst|ack) != syn {{refuse}}
                ct state invalid ip saddr . meta l4proto . th sport @member_endpoints drop
              }
              chain dispatch {
                type nat hook prerouting priority dstnat; policy accept;
                fib daddr type local ip daddr . meta l4proto . th dport vmap @services
              }
              chain local {
                type filter hook input priority filter; policy accept;
                ip daddr @echo icmp type echo-request accept
                ip daddr @virtual meta l4proto tcp reject with tcp reset
                ip daddr @virtual reject
              }
              chain relay {
                type filter hook forward priority filter; policy accept;
                {{Ours}} jump relay_ours
                {{rest}}
              }
              chain relay_ours {
                ct mark & 0xffc00000 != @{{LeaseSet}} drop
                ct mark & 0x1 == 0x1 ct event set destroy accept
                tcp flags & (fin|rst) != 0 ct mark set ct mark | 0x1 ct event set destroy,protoinfo accept
                ct state new meta l4proto tcp ct event set assured,destroy
                ct state new meta l4proto udp ct event set reply,destroy
                meta l4proto udp update @recent { ct original ip saddr . ct original proto-src . ct original ip daddr . ct original proto-dst : ct mark }
                accept
              }
              chain source {
                type nat hook postrouting priority srcnat; policy accept;
                {{Ours}} snat ip to ct mark & 0xfffff000 map @snat_of
              }
            """;
    }

    /// <summary>
    /// A connection that somebody took out of the kernel's table is put back within milliseconds, and must not be reset meanwhile: the first segment only
    /// begins its connection's doubt. When that is over the next segment is answered; half a second ends before TCP's second retransmission (200 ms and
    /// 400 ms after the first segment and the first retransmission, TCP_RTO_MIN). A flood of unknown segments fills the sets and is dropped.
    /// </summary>
    private const string Unknown = """
          set doubted { type ipv4_addr . inet_service . ipv4_addr . inet_service; flags dynamic,timeout; timeout 500ms; size 65536; }
          set unknown { type ipv4_addr . inet_service . ipv4_addr . inet_service; flags dynamic,timeout; timeout 10s; size 65536; }
          chain unknown {
            ip saddr . tcp sport . ip daddr . tcp dport @doubted drop
            ip saddr . tcp sport . ip daddr . tcp dport @unknown reject with tcp reset
            add @unknown { ip saddr . tcp sport . ip daddr . tcp dport }
            add @doubted { ip saddr . tcp sport . ip daddr . tcp dport }
            drop
          }

        """;

    /// <summary>Sets live in one table: the ARP gate has a lease set of its own, refreshed in the same transaction.</summary>
    private static string ArpTable(IEnumerable<FloatingAddress> floating) =>
        $$"""
        table arp {{Table}} {
          set {{LeaseSet}} { type mark; flags timeout; }
          {{Named("map group_of { type ipv4_addr : mark;", floating.Select(f => $"{f.Address} : {Hex(FlowMark.GroupBits(f.GroupNumber))}"))}}
          chain answer {
            type filter hook input priority filter; policy accept;
            meta mark set arp daddr ip map @group_of
            meta mark != 0 meta mark != @{{LeaseSet}} drop
          }
          chain announce {
            type filter hook output priority filter; policy accept;
            meta mark set arp saddr ip map @group_of
            meta mark != 0 meta mark != @{{LeaseSet}} drop
          }
        }
        """;

    /// <summary>nft refuses an empty <c>elements = { }</c>.</summary>
    private static string Named(string head, IEnumerable<string> elements)
    {
        var joined = string.Join(", ", elements);
        return joined.Length == 0 ? $"{head} }}" : $"{head} elements = {{ {joined} }} }}";
    }

    private static string Word(TransportProtocol protocol) => protocol == TransportProtocol.Tcp ? "tcp" : "udp";

    private static string Hex(uint bits) => $"0x{bits:x8}";
}
