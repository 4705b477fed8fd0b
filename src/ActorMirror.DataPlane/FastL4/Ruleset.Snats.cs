using ActorMirror.Domain.Addresses;
using ActorMirror.Domain.Connections;
using ActorMirror.Domain.Devices;

namespace ActorMirror.DataPlane.FastL4;

/// <summary>
/// Connections that go out: marked where they come in, translated where they leave. An origin is found by VLAN and range, for sets of that kind know no longest
/// prefix. Nothing of this is in a table without SNATs.
/// </summary>
public static partial class Ruleset
{
    private static bool GoesOut(Family family, ServiceTable services) => services.Snats.Any(s => s.Has(family));

    /// <summary>The mark of the SNAT that takes a packet, by where and from whom it comes.</summary>
    private static string Origins(Family family, ServiceTable services) =>
        Named($"map origins {{ type ifname . {family.AddressType} : mark; flags interval;", services.Model.Vlans.Where(v => v.InDataPlane).SelectMany(vlan => OriginsOn(vlan, family, services)));

    /// <summary>Floating self IPs that connections are translated to whose other end may be anybody.</summary>
    private static IEnumerable<string> Translating(Family family, ServiceTable services)
    {
        var translations = services.Snats.SelectMany(s => s.Snat.Translations).Concat(services.Services.Where(s => s.Server.AutomapByVlan).SelectMany(s => s.Server.SnatAddresses)).ToHashSet();
        return services.Floating.Where(f => family.Has(f.Address) && !f.IsVirtual && translations.Contains(f.Address)).Select(f => f.Address.ToString());
    }

    private static IEnumerable<string> OriginsOn(Vlan vlan, Family family, ServiceTable services)
    {
        var snatOf = services.Snats.Where(s => s.Snat.Vlans.IsEmpty || s.Snat.Vlans.Contains(vlan))
            .SelectMany(s => s.Snat.Origins.Where(o => family.Has(o.Address)).Select(origin => (origin, s)))
            .ToDictionary(x => x.origin, x => x.s);
        return PrefixRanges.Of(snatOf.Keys).Select(range => $"\"{vlan.Interface}\" . {Text(range)} : {Hex(snatOf[range.Covering[0]].Bits)}");
    }

    /// <summary>Of a first packet that no virtual server takes and that is not for this device.</summary>
    private static string Outward(Family family) => $$"""

                fib daddr type unicast meta l4proto { tcp, udp, {{family.Icmp}} } ct mark set iifname . {{family.Name}} saddr map @origins
                ct mark & 0xffc00000 == @{{GatedSet}} drop
                {{Ours}} {{SilentPings(family)}}
        """;

    /// <summary>Without these the device's own stack answers what comes for a floating self IP that a SNAT translates to.</summary>
    private static string TranslationGuard(Family family, DataPlaneSettings settings) =>
        (settings.OnUnknown == OnUnknown.Reset ? $"\n    ct state invalid {family.Name} daddr @translations meta l4proto tcp goto unknown" : "")
        + $"\n    ct state invalid {family.Name} daddr @translations drop";

    /// <summary>The choice where a mark alone does not say the address, a chain for each: of automap it is the VLAN the packet leaves by that says it.</summary>
    private static IEnumerable<(uint Bits, string Chain, string Rules)> Sources(Family family, ServiceTable services)
    {
        foreach (var snat in services.Snats.Where(s => s.Has(family)))
        {
            var addresses = snat.Snat.Translations.Where(family.Has).ToList();
            if (snat.Snat.Automap) yield return (snat.Bits, $"source_{snat.Number}", Automap(family, services, addresses));
            else if (addresses.Count > 1) yield return (snat.Bits, $"source_{snat.Number}", FromPool(family, addresses));
        }

        foreach (var service in services.Services.Where(s => s.Has(family)))
        {
            var addresses = service.Server.SnatAddresses;
            if (service.Server.AutomapByVlan) yield return (service.Bits, $"source_{service.Number}", Automap(family, services, addresses));
            else if (addresses.Length > 1) yield return (service.Bits, $"source_{service.Number}", FromPool(family, addresses));
        }
    }

    /// <summary>The address of those that have one only.</summary>
    private static IEnumerable<string> SnatOf(Family family, ServiceTable services) =>
        services.Services.Where(s => s.Has(family) && s.Server is { AutomapByVlan: false, SnatAddresses.Length: 1 }).Select(s => $"{Hex(s.Bits)} : {s.Server.SnatAddresses[0]}")
            .Concat(from snat in services.Snats.Where(s => s.Has(family) && !s.Snat.Automap)
                    let addresses = snat.Snat.Translations.Where(family.Has).ToList()
                    where addresses.Count == 1
                    select $"{Hex(snat.Bits)} : {addresses[0]}");

    private static string Automap(Family family, ServiceTable services, IReadOnlyList<Address> addresses)
    {
        var byInterface = addresses.Select(a => services.Floating.First(f => f.Address == a)).DistinctBy(f => f.Interface).Select(f => $"\"{f.Interface}\" : {f.Address}");
        return $"snat {family.Name} to oifname map {{ {string.Join(", ", byInterface)} }}\nsnat {family.Name} to {addresses[0]}\n";
    }

    /// <summary>By the source's hash: whoever is translated keeps one address. The seed makes all devices choose alike.</summary>
    private static string FromPool(Family family, IReadOnlyList<Address> addresses) =>
        $"snat {family.Name} to jhash {family.Name} saddr mod {addresses.Count} seed 0x5eed map {{ {string.Join(", ", addresses.Select((a, i) => $"{i} : {a}"))} }}\n";

    private static string Text(in PrefixRange range) => range.First == range.Last ? $"{range.First}" : $"{range.First}-{range.Last}";
}
