using System.Text;
using ActorMirror.Domain.Addresses;
using ActorMirror.Domain.Connections;
using ActorMirror.Domain.Devices;

namespace ActorMirror.DataPlane.FastL4;

/// <summary>
/// Our nftables tables as text. The way of a packet through them:
/// <code>
/// prerouting  raw     lease      to a floating address whose group's lease is over: drop
///             mangle  guard      of no known connection, from a client or a member: dropped, or answered with a reset when it is repeated
///             dstnat  dispatch   first packet of a connection: of a virtual server: choose a member, mark, translate; of a SNAT: mark
/// input       filter  local      to an address of ours but no virtual server's: echo, or refuse
/// forward     filter  relay      ours with a live lease: go on, and say which events we need; anything else: drop (own namespace only)
/// postrouting srcnat  source     SNAT
/// arp input, output   lease      the same gate for "who has" and our own announcements
/// ip6 output          lease      the same gate for neighbour advertisements
/// </code>
/// The tables of IPv4 and IPv6 are one text in the words of either <see cref="Family"/>; that of a family the configuration does not use
/// holds the sets, which are written alike in all of them, and forwards nothing. Everything is scoped to our own addresses and marks, so that the tables also live beside others in the host's namespace.
/// </summary>
public static partial class Ruleset
{
    public const string Table = "actormirror";

    /// <summary>Traffic groups with a live lease: elements of type mark (<see cref="FlowMark.GroupBits"/>) that time out with it.</summary>
    public const string LeaseSet = "lease";

    /// <summary>Traffic groups whose new connections wait for a planned handover.</summary>
    public const string GatedSet = "gated";

    /// <summary>The floating addresses; each element counts the packets that were sent to it, with a lease or without.</summary>
    public const string FloatingSet = "floating";

    private const string Ours = "ct mark & 0xf0000000 == 0xa0000000";

    /// <summary>The tables that have a <see cref="LeaseSet"/>, by family: a renewal has to reach all of them.</summary>
    public static readonly string[] GatedFamilies = ["ip", "ip6", "arp"];

    /// <summary>All tables whole, in one transaction that replaces what an earlier run left.</summary>
    public static string Whole(ServiceTable services, MemberHealth health)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(health);
        var text = new StringBuilder(Removal);
        foreach (var family in Family.Both)
            text.AppendLine(IsUsed(family, services) ? Used(family, services, health) : Unused(family, services.Model.DataPlane));
        text.AppendLine(ArpTable(services.Floating.Where(f => f.Address.IsV4)));
        return text.ToString();
    }

    /// <summary>Tables without a service: what a predecessor left is gone, and conntrack is loaded.</summary>
    public static string Empty(DataPlaneSettings settings) => $$"""
        {{Removal}}{{Unused(Family.V4, settings)}}
        {{Unused(Family.V6, settings)}}
        {{ArpTable([])}}
        add chain ip {{Table}} track { type nat hook prerouting priority dstnat; policy accept; }

        """;

    /// <summary>Removes all tables; only ours.</summary>
    public static string Removal { get; } = string.Concat(GatedFamilies.Select(f => $"add table {f} {Table}\ndelete table {f} {Table}\n"));

    /// <summary>
    /// Keeps new connections of a traffic group out (a planned handover flushes meanwhile), or lets them in again. The entry is never
    /// confirmed, so the client's next SYN, a second later, chooses afresh: the gate is to be short.
    /// </summary>
    public static string Gate(int trafficGroup, bool closed) => string.Concat(Family.Both.Select(family =>
    {
        var element = $"element {family.Name} {Table} {GatedSet} {{ {Hex(FlowMark.GroupBits(trafficGroup))} }}\n";
        return closed ? $"add {element}" : $"add {element}delete {element}"; // deleting an absent element would fail
    }));

    private static bool IsUsed(Family family, ServiceTable services) => services.Floating.Any(f => family.Has(f.Address)) || HasNetworks(family, services);

    private static string Used(Family family, ServiceTable services, MemberHealth health)
    {
        var text = new StringBuilder();
        var type = family.AddressType;
        var floating = services.Floating.Where(f => family.Has(f.Address)).ToList();
        var own = services.Services.Where(s => s.Has(family)).ToList();
        text.AppendLine($"table {family.Name} {Table} {{");
        text.AppendLine(SharedSets);
        text.AppendLine(Recent);
        if (HasFtp(family, services)) text.AppendLine(FtpHelper(family));
        text.AppendLine(GroupOf(family, floating));
        text.AppendLine(Named($"set {FloatingSet} {{ type {type}; counter;", floating.Select(f => f.Address.ToString())));
        text.AppendLine(Named($"set virtual {{ type {type};", floating.Where(f => f.IsVirtual).Select(f => f.Address.ToString())));
        text.AppendLine(Named($"set echo {{ type {type};", floating.Where(f => f.IcmpEcho).Select(f => f.Address.ToString())));
        text.AppendLine(Named($"map members {{ type mark : {type} . inet_service;",
            own.Where(s => !s.Server.Destination.IsAnyPort).SelectMany(s => s.Members).Select(m => $"{m.Mark} : {m.Member.Endpoint.Address} . {m.Member.Endpoint.Port}")));
        var anyPort = own.Where(s => s.Server.Destination.IsAnyPort).ToList();
        if (anyPort.Count > 0)
            text.AppendLine(Named($"map member_hosts {{ type mark : {type};", anyPort.SelectMany(s => s.Members).Select(m => $"{m.Mark} : {m.Member.Endpoint.Address}")));
        text.AppendLine(Named($"set member_endpoints {{ type {type} . inet_proto . inet_service;",
            (from s in own
             where !s.Server.Destination.IsAnyPort
             from m in s.Members
             from p in s.Server.Protocols
             select $"{m.Member.Endpoint.Address} . {Word(p)} . {m.Member.Endpoint.Port}").Distinct()));
        text.AppendLine(Named($"map member_group {{ type {type} . inet_service : mark;", MemberGroups(own)));
        text.AppendLine(Named($"map snat_of {{ type mark : {type};", SnatOf(family, services)));
        var sources = Sources(family, services).ToList();
        foreach (var (_, chain, rules) in sources) text.AppendLine($"chain {chain} {{\n{rules}}}");
        if (sources.Count > 0) text.AppendLine(Named("map sources { type mark : verdict;", sources.Select(s => $"{Hex(s.Bits)} : goto {s.Chain}")));
        if (Translating(family, services).ToList() is { Count: > 0 } translating) text.AppendLine(Named($"set translations {{ type {type};", translating));
        if (GoesOut(family, services)) text.AppendLine(Origins(family, services));
        text.Append(PersistenceMaps(family, services));
        foreach (var service in own) text.AppendLine(SelectionChains(service, health));
        if (HasNetworks(family, services)) text.AppendLine(Networks(family, services));
        var listening = own.Where(s => !s.Server.PassesThrough).SelectMany(s => s.Server.Protocols.Select(p => (s.Server.Destination, Protocol: Word(p), Chain: ChainOf(s)))).ToLookup(s => s.Destination.IsAnyPort);
        text.AppendLine(Named($"map services {{ type {type} . inet_proto . inet_service : verdict;", listening[false].Select(s =>
            $"{s.Destination.Address} . {s.Protocol} . {s.Destination.Port} : goto {s.Chain}")));
        if (listening.Contains(true))
            text.AppendLine(Named($"map services_of_any_port {{ type {type} . inet_proto : verdict;", listening[true].Select(s => $"{s.Destination.Address} . {s.Protocol} : goto {s.Chain}")));
        var growing = Growing(family, services);
        if (growing.Count > 0) text.AppendLine(Growth(growing));
        text.AppendLine(Chains(family, services, new Extras(
            listening.Contains(true), HasNetworks(family, services), GoesOut(family, services), Translating(family, services).Any(), sources.Count > 0, growing.Count > 0,
            HasFtp(family, services))));
        if (family == Family.V6) text.AppendLine(NeighborChains(services.Model.DataPlane));
        text.Append('}');
        return text.ToString();
    }

    /// <summary>Without addresses of this family: nothing to do, and in our own namespace nothing to forward.</summary>
    private static string Unused(Family family, DataPlaneSettings settings) => $$"""
        table {{family.Name}} {{Table}} {
          {{SharedSets}}
          {{(settings.Namespace is null ? "" : "chain relay { type filter hook forward priority filter; policy drop; }")}}
        }
        """;

    private static string SharedSets => $"set {LeaseSet} {{ type mark; flags timeout; }}\nset {GatedSet} {{ type mark; }}";

    private static string GroupOf(Family family, IEnumerable<FloatingAddress> floating) =>
        Named($"map group_of {{ type {family.AddressType} : mark;", floating.Select(f => $"{f.Address} : {Hex(FlowMark.GroupBits(f.GroupNumber))}"));

    /// <summary>What a table has only when the configuration needs it.</summary>
    private sealed record Extras(bool AnyPort, bool Networks, bool Snats, bool TranslatingSelfIps, bool Sources, bool Growing, bool Ftp);

    private static string Chains(Family family, ServiceTable services, Extras extras)
    {
        var ip = family.Name;
        var settings = services.Model.DataPlane;
        var lost = (extras.Networks ? Lost("lost_to_network", $"{ip} daddr", "network_groups", settings) : "")
            + (extras.Snats ? Lost("lost_by_origin", $"{ip} saddr", "origins", settings) : "");
        var guard = (extras.TranslatingSelfIps ? TranslationGuard(family, settings) : "")
            + (extras.Networks ? LostGuard("lost_to_network", settings) : "") + (extras.Snats ? LostGuard("lost_by_origin", settings) : "");
        var dispatch = (extras.AnyPort ? $"\n    fib daddr type local {ip} daddr . meta l4proto vmap @services_of_any_port" : "")
            + (extras.Networks ? $"\n    fib daddr type unicast iifname . {ip} daddr vmap @networks" : "") + (extras.Snats ? Outward(family) : "");
        // The third guard rule takes the place of tcp_loose=0 where that sysctl is the host's and not ours to set.
        var refuse = settings.OnUnknown == OnUnknown.Reset ? "goto unknown" : "drop";
        var unknown = settings.OnUnknown == OnUnknown.Reset ? $"ct state invalid {ip} daddr @virtual meta l4proto tcp goto unknown\n    " : "";

        // Without tcp_loose=0 such a segment is the begin of a connection. What goes to the host's own addresses may be of a session of the host.
        var fromMember = $"{ip} saddr . meta l4proto . tcp sport @member_endpoints tcp flags & (fin|syn|rst|ack) != syn goto lost_by_member";
        var loose = settings.Namespace is null
            ? $"ct state new {ip} daddr @{FloatingSet} {fromMember}\n    ct state new fib daddr type != local {fromMember}\n    "
            : "";

        // Neighbours ask for a virtual address, and answer it, by ICMPv6.
        var admitted = family == Family.V6 ? "icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert } accept" : "";
        var rest = settings.Namespace is null ? $"{ip} saddr . meta l4proto . th sport @member_endpoints drop" : "drop";
        return (settings.OnUnknown == OnUnknown.Reset ? Doubt(family) : "") + LostByMember(family, settings) + lost + $$"""
              chain lease_check {
                meta mark set {{ip}} daddr map @group_of
                meta mark != @{{LeaseSet}} drop
                meta mark set 0
              }
              chain lease {
                type filter hook prerouting priority raw; policy accept;
                {{ip}} daddr @{{FloatingSet}} jump lease_check
              }
              chain guard {
                type filter hook prerouting priority mangle; policy accept;
                {{loose}}{{unknown}}ct state invalid {{ip}} daddr @virtual drop
                ct state new {{ip}} daddr @virtual tcp flags & (fin|syn|rst|ack) != syn {{refuse}}
                ct state invalid {{ip}} saddr . meta l4proto . th sport @member_endpoints goto lost_by_member{{guard}}
              }
              chain dispatch {
                type nat hook prerouting priority dstnat; policy accept;
                fib daddr type local {{ip}} daddr . meta l4proto . th dport vmap @services{{dispatch}}
              }
              chain local {
                type filter hook input priority filter; policy accept;
                {{admitted}}
                {{ip}} daddr @echo {{family.EchoRequest}} accept
                {{ip}} daddr @virtual meta l4proto tcp reject with tcp reset
                {{ip}} daddr @virtual reject
              }
              chain relay {
                type filter hook forward priority filter; policy accept;
                {{Ours}} jump relay_ours
                {{rest}}
              }
              chain remember {
                {{RecentKey(family)}}
                update @recent { meta mark : ct mark }
                meta mark set 0
              }
              chain relay_ours {
                ct mark & 0xffc00000 != @{{LeaseSet}} drop
                ct mark & 0x1 == 0x1 ct event set destroy accept
                tcp flags & (fin|rst) != 0 ct mark set ct mark | 0x1 ct event set destroy,protoinfo accept
                ct state new meta l4proto tcp ct event set assured,destroy
                ct state new meta l4proto udp ct event set reply,destroy
                {{(extras.Ftp ? FtpData : "")}}
                {{(extras.Growing ? "ct mark & 0xfffff000 vmap @growing" : "")}}
                ct direction original meta l4proto udp {{(extras.Snats || extras.Networks ? "ct mark & 0x00000ffe != 0x0 " : "")}}jump remember
                accept
              }
              chain source {
                type nat hook postrouting priority srcnat; policy accept;
                {{Ours}} snat {{ip}} to ct mark & 0xfffff000 map @snat_of
                {{(extras.Sources ? $"{Ours} ct mark & 0xfffff000 vmap @sources" : "")}}
              }
            """;
    }

    /// <summary>nft refuses an empty <c>elements = { }</c>.</summary>
    private static string Named(string head, IEnumerable<string> elements)
    {
        var joined = string.Join(", ", elements);
        return joined.Length == 0 ? $"{head} }}" : $"{head} elements = {{ {joined} }} }}";
    }

    private static string Word(TransportProtocol protocol) => protocol == TransportProtocol.Tcp ? "tcp" : "udp";

    private static string Hex(uint bits) => $"0x{bits:x8}";
}
