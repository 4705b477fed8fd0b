using ActorMirror.Domain.Devices;

namespace ActorMirror.DataPlane.FastL4;

/// <summary>Who has the address: ARP and neighbour discovery, answered and announced only with a live lease.</summary>
public static partial class Ruleset
{
    private static string ArpTable(IEnumerable<FloatingAddress> floating) =>
        $$"""
        table arp {{Table}} {
          set {{LeaseSet}} { type mark; flags timeout; }
          {{GroupOf(Family.V4, floating)}}
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

    /// <summary>
    /// An answer, an announcement and a question of ours for a floating address have it as their source (ndisc_send_na), so what leaves is
    /// gated; a question comes to a multicast address that says only part of whom it is about.
    /// </summary>
    private static string NeighborChains(DataPlaneSettings settings) =>
        $$"""
          chain announce_check {
            meta mark set ip6 saddr map @group_of
            meta mark != @{{LeaseSet}} drop
            meta mark set 0
          }
          chain announce {
            type filter hook output priority filter; policy accept;
            icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert } ip6 saddr @{{FloatingSet}} jump announce_check
            {{(settings.Namespace is null ? "" : NoRedirects)}}
          }
        """;

    /// <summary>A client in the members' subnet must not be told a way around us; IPv6 has no sysctl for that.</summary>
    private const string NoRedirects = "icmpv6 type nd-redirect drop";
}
