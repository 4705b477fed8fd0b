using ActorMirror.Domain.Connections;
using ActorMirror.Domain.Devices;

namespace ActorMirror.DataPlane.FastL4;

/// <summary>What comes of no known connection: answered, so that neither client nor member waits for what is lost, but not before it is certain.</summary>
public static partial class Ruleset
{
    /// <summary>Connections that were put back are not unknown any more: should they be missing again, their doubt begins anew. Null: nothing to do.</summary>
    public static string? Restored(ServiceTable services)
    {
        ArgumentNullException.ThrowIfNull(services);
        return services.Model.DataPlane.OnUnknown == OnUnknown.Reset
            ? string.Concat(Family.Both.Where(family => IsUsed(family, services)).Select(family => $"flush set {family.Name} {Table} unknown\n"))
            : null;
    }

    /// <summary>
    /// UDP flows of the last seconds and their members. A datagram that finds its flow's entry gone (<c>conntrack -F</c>) would choose again before the
    /// entry is put back; a segment of TCP chooses nothing, it is no SYN. A flow too many is not remembered: its update ends the rule, so each step
    /// is a rule of its own, or the packet would leave with its hash for a mark.
    /// </summary>
    private const string Recent = "map recent { type mark : mark; flags dynamic,timeout; timeout 10s; size 65536; }";

    /// <summary>
    /// A flow's key in <see cref="Recent"/>: nft 1.0.6 has no register left for a mark beside an address of IPv6 (it aborts), so client and port are hashed. The
    /// mark that is found tells whether it is of the same virtual server; of two flows with one hash the later may follow the first to its member.
    /// </summary>
    private static string RecentKey(Family family) => $"meta mark set jhash {family.Name} saddr . udp sport mod 4294967295 seed 0x5eed";

    /// <summary>
    /// A connection that somebody took out of the kernel's table is put back within milliseconds, and must not be reset meanwhile: the first segment only
    /// begins its connection's doubt. When that is over the next segment is answered; half a second ends before TCP's second retransmission (200 ms and
    /// 400 ms after the first segment and the first retransmission, TCP_RTO_MIN). A flood of unknown segments fills the sets and is dropped.
    /// </summary>
    private static string Doubt(Family family)
    {
        var tuple = $"{family.Name} saddr . tcp sport . {family.Name} daddr . tcp dport";
        return $$"""
              set doubted { type {{TupleType(family)}}; flags dynamic,timeout; timeout 500ms; size 65536; }
              set unknown { type {{TupleType(family)}}; flags dynamic,timeout; timeout 10s; size 65536; }
              chain unknown {
                {{tuple}} @doubted drop
                {{tuple}} @unknown reject with tcp reset
                add @unknown { {{tuple}} }
                add @doubted { {{tuple}} }
                drop
              }

            """;
    }

    /// <summary>
    /// A member's segment is answered only where its traffic group has a live lease: what reaches a device that is not the group's active is of a
    /// connection that goes on elsewhere.
    /// </summary>
    private static string LostByMember(Family family, DataPlaneSettings settings)
    {
        var answer = settings.OnUnknown == OnUnknown.Drop
            ? "drop"
            : $$"""
                meta mark set 0
                    meta mark set {{family.Name}} saddr . tcp sport map @member_group
                    meta mark set {{family.Name}} daddr map @group_of
                    meta mark @{{LeaseSet}} meta l4proto tcp goto unknown
                    drop
                """;
        return $$"""
              chain lost_by_member {
                {{answer}}
              }

            """;
    }

    /// <summary>
    /// The traffic group that a TCP endpoint serves without SNAT. It is one only, because a member has one gateway; with SNAT a segment's destination, a floating
    /// self IP, tells the group.
    /// </summary>
    private static IEnumerable<string> MemberGroups(IEnumerable<Service> services) =>
        from service in services
        where service.Server is { Protocol: null or TransportProtocol.Tcp, Destination.IsAnyPort: false, SnatAddresses.IsEmpty: true }
        from member in service.Members
        group service.TrafficGroup by member.Member.Endpoint into endpoint
        where endpoint.Distinct().Count() == 1
        select $"{endpoint.Key.Address} . {endpoint.Key.Port} : {Hex(FlowMark.GroupBits(endpoint.First()))}";

    private static string TupleType(Family family) => $"{family.AddressType} . inet_service . {family.AddressType} . inet_service";
}
