using System.Text;
using ActorMirror.Domain.Addresses;
using ActorMirror.Domain.Connections;
using ActorMirror.Domain.Persistence;

namespace ActorMirror.DataPlane.FastL4;

/// <summary>
/// Clients that return. A map from client to mark for each scope, asked before a member is chosen. It is a cache: the table of the traffic group writes what it
/// knows, for as long as it lives; a packet only adds what it chose, for the seconds until its connection is known (so a flood of first packets, which
/// nobody answers, leaves soon). Nothing of this is in a table without persistence.
/// </summary>
public static partial class Ruleset
{
    /// <summary>A handshake that is not through by then is begun anew by its client, and chosen for anew.</summary>
    internal const int SecondsUntilKnown = 10;

    // Shares come out within a few percent, and the map is made in a few milliseconds.
    private const int Slots = 1024;

    // 2^32 divided by the golden ratio, odd: multiples of it lie evenly in all 32 bits, as keys of slots should.
    private const uint GoldenRatio = 0x9E37_79B1;

    // First packets whose connections are not known yet, beside the records of the table.
    private const int RoomUntilKnown = 65_536;

    /// <summary>The map of a scope.</summary>
    public static string PersistenceMap(int scope) => $"persist_{scope}";

    private static string PersistenceMaps(Family family, ServiceTable services)
    {
        var text = new StringBuilder();
        foreach (var scope in services.Scopes.Where(s => s.Services.Any(v => v.Has(family))))
        {
            text.AppendLine($"map {PersistenceMap(scope.Number)} {{ type {family.AddressType} : mark; flags dynamic,timeout; timeout {SecondsUntilKnown}s; size {services.Model.DataPlane.MaximumRecords + RoomUntilKnown}; }}");
            foreach (var service in scope.Services.Where(s => s.Has(family) && s.Scope is { IsShared: true }))
                text.AppendLine(Named($"map same_{service.Number} {{ type mark : mark;", scope.Translations(service).Select(t => $"{t.There} : {t.Here}")));
        }

        return text.ToString();
    }

    private static string ChooserOf(Service service) => $"choose_{service.Number}";

    /// <summary>
    /// The member a client has, if that is up; else one of those that are. Of two first packets of a client at once both follow what the first one added.
    /// </summary>
    private static string Returning(Service service, ServiceScope scope, List<MarkedMember> up)
    {
        if (up.Count == 0) return "";
        var members = $"{{ {string.Join(", ", up.Select(m => m.Mark))} }}";
        var choice = Choice(service, up);
        var map = PersistenceMap(scope.Number);
        var client = ClientOf(service);
        var find = $"ct mark set {client} map @{map}\n" + (scope.IsShared ? $"ct mark set ct mark map @same_{service.Number}\n" : "");
        return $$"""
            {{find}}ct mark {{members}} return
            ct mark set {{choice}}
            add @{{map}} { {{client}} : ct mark }
            {{find}}ct mark != {{members}} ct mark set {{choice}}

            """;
    }

    /// <summary>The same on every device, by its seed.</summary>
    private static string Hash(Service service, PersistenceProfile profile)
    {
        var ip = Family.Of(service.Server.Destination.Address).Name;
        (HashFields Field, string Text)[] fields =
        [
            (HashFields.SourceAddress, $"{ip} saddr"), (HashFields.DestinationAddress, $"{ip} daddr"), (HashFields.SourcePort, "th sport"), (HashFields.DestinationPort, "th dport"),
        ];
        return $"jhash {string.Join(" . ", fields.Where(f => profile.Fields.HasFlag(f.Field)).Select(f => f.Text))}";
    }

    /// <summary>
    /// The kernel knows no scores: it hashes clients to slots, and these are given out by score. So a member that goes or comes moves the slots it had or gets, and
    /// with them its share of clients.
    /// </summary>
    private static int[] CarpSlots(List<MarkedMember> up, int[] weights)
    {
        uint[] members = [.. up.Select(m => Carp.HashOfMember(m.Member.Endpoint.ToString()))];
        var multipliers = Carp.Multipliers(weights);
        return up.Count == 1 ? [0] : [.. Enumerable.Range(0, Slots).Select(slot => Carp.Choose(members, multipliers, (uint)slot * GoldenRatio))];
    }

    /// <summary>The bits of a packet's address that count.</summary>
    private static string ClientOf(Service service)
    {
        var profile = service.Server.Persistence!;
        var family = Family.Of(service.Server.Destination.Address);
        var address = $"{family.Name} {(profile.Mode == PersistenceMode.SourceAddress ? "saddr" : "daddr")}";
        var all = service.Server.Destination.Address.IsV4 ? Address.FromV4(uint.MaxValue) : new Address(UInt128.MaxValue);
        return profile.LengthOf(all) == all.Bits ? address : $"{address} & {profile.Mask(all)}";
    }
}
