using ActorMirror.Domain.Addresses;
using ActorMirror.Domain.Connections;
using ActorMirror.Domain.Devices;

namespace ActorMirror.DataPlane.FastL4;

/// <summary>
/// Virtual servers that listen on networks. What is for an address of this device (fib) is none of theirs. A packet is looked up once by VLAN and range, for
/// sets of that kind know no longest prefix; each range has a chain with the virtual servers there, the longest prefix first, and of one prefix those of
/// a port before those of any.
/// </summary>
public static partial class Ruleset
{
    private static bool HasNetworks(Family family, ServiceTable services) => NetworkServices(family, services).Any();

    private static IEnumerable<Service> NetworkServices(Family family, ServiceTable services) =>
        services.Services.Where(s => s.Has(family) && s.Server.PassesThrough);

    private static string Networks(Family family, ServiceTable services)
    {
        var chains = new Dictionary<string, string>(StringComparer.Ordinal);
        var (verdicts, groups) = (new List<string>(), new List<string>());
        foreach (var vlan in services.Model.Vlans.Where(v => v.InDataPlane))
        {
            var here = NetworkServices(family, services).Where(s => s.Server.Vlans.IsEmpty || s.Server.Vlans.Contains(vlan)).ToLookup(s => s.Server.Destination.Network);
            foreach (var range in PrefixRanges.Of(here.Select(h => h.Key)))
            {
                var rules = string.Concat(range.Covering.Select(prefix => Choices(family, here[prefix])));
                if (!chains.TryGetValue(rules, out var chain)) chains.Add(rules, chain = $"network_{chains.Count + 1}");
                verdicts.Add($"\"{vlan.Interface}\" . {Text(range)} : jump {chain}");
                groups.Add($"\"{vlan.Interface}\" . {Text(range)} : {Hex(FlowMark.GroupBits(here[range.Covering[0]].First().TrafficGroup))}");
            }
        }

        return $$"""
            {{string.Join('\n', chains.Select(c => $"chain {c.Value} {{\n{c.Key}}}"))}}
            {{Named($"map networks {{ type ifname . {family.AddressType} : verdict; flags interval;", verdicts)}}
            {{Named($"map network_groups {{ type ifname . {family.AddressType} : mark; flags interval;", groups)}}
            """;
    }

    private static string Choices(Family family, IEnumerable<Service> services)
    {
        var byPort = services.Where(s => !s.Server.Destination.IsAnyPort)
            .SelectMany(s => s.Server.Protocols.Select(p => $"{Word(p)} . {s.Server.Destination.Port} : goto {ChainOf(s)}")).ToList();
        var ofAny = services.Where(s => s.Server.Destination.IsAnyPort)
            .SelectMany(s => ProtocolsOf(family, s).Select(p => $"{p} : goto {ChainOf(s)}")).ToList();
        return (byPort.Count > 0 ? $"meta l4proto . th dport vmap {{ {string.Join(", ", byPort)} }}\n" : "")
            + (ofAny.Count > 0 ? $"meta l4proto vmap {{ {string.Join(", ", ofAny)} }}\n" : "");
    }

    /// <summary>Of any protocol and port are pings too.</summary>
    private static IEnumerable<string> ProtocolsOf(Family family, Service service) =>
        service.Server.Protocol is null ? [.. service.Server.Protocols.Select(Word), family.Icmp] : service.Server.Protocols.Select(Word);

    /// <summary>
    /// What comes of no known connection by the VLAN, from the origin of a SNAT or to a network, is answered only where the traffic group that
    /// <paramref name="map"/> gives has a live lease.
    /// </summary>
    private static string Lost(string chain, string key, string map, DataPlaneSettings settings) => $$"""
          chain {{chain}} {
            meta mark set iifname . {{key}} map @{{map}}
            meta mark & 0xf0000000 != 0xa0000000 return
            {{(settings.OnUnknown == OnUnknown.Drop ? "" : $"meta mark set meta mark & 0xffc00000\n    meta mark @{LeaseSet} meta l4proto tcp goto unknown")}}
            drop
          }

        """;

    /// <summary>In the host's namespace the second takes the place of tcp_loose=0.</summary>
    private static string LostGuard(string chain, DataPlaneSettings settings) =>
        $"\n    ct state invalid fib daddr type unicast jump {chain}"
        + (settings.Namespace is null ? $"\n    ct state new fib daddr type unicast tcp flags & (fin|syn|rst|ack) != syn jump {chain}" : "");
}
