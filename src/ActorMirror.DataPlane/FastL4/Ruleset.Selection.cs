using System.Text;
using ActorMirror.Domain.Addresses;
using ActorMirror.Domain.Connections;
using ActorMirror.Domain.Pools;
using ActorMirror.Domain.VirtualServers;

namespace ActorMirror.DataPlane.FastL4;

/// <summary>Where the first packet of a connection goes: the chain of a virtual server.</summary>
public static partial class Ruleset
{
    /// <summary>Replaces the choice of one virtual server; the others, their counters and all connections stay as they are.</summary>
    public static string Reselect(Service service, MemberHealth health)
    {
        ArgumentNullException.ThrowIfNull(service);
        ArgumentNullException.ThrowIfNull(health);
        var chain = $"{Family.Of(service.Server.Destination.Address).Name} {Table} {ChainOf(service)}";
        var text = new StringBuilder($"flush chain {chain}\n");
        foreach (var rule in Selection(service, health).Split('\n', StringSplitOptions.RemoveEmptyEntries)) text.AppendLine($"add rule {chain} {rule}");
        return text.ToString();
    }

    private static string ChainOf(Service service) => $"vs_{service.Number}";

    private static string Selection(Service service, MemberHealth health)
    {
        var server = service.Server;
        var closed = $"ct mark & 0xffc00000 == @{GatedSet} drop\n";
        if (server.Pool is not { } pool) return $"ct mark set {Hex(service.Bits)}\n{closed}{Silent(service)}accept\n";

        var text = new StringBuilder();
        if (server is { PassesThrough: false, Vlans.IsEmpty: false })
            text.Append($"iifname != {{ {string.Join(", ", server.Vlans.Select(v => $"\"{v.Interface}\""))} }} return\n");
        var up = service.Members.Where(m => health.IsUp(pool.Name, m.Member.Endpoint)).ToList();

        // Nothing is translated: for an address of this device the packet ends at the local refusal, for another nowhere.
        if (up.Count == 0) return text.Append(server.PassesThrough ? "drop\n" : "").ToString();
        if (server.Protocol != TransportProtocol.Tcp)
            text.Append($"{RecentKey(Family.Of(server.Destination.Address))}\nct mark set meta mark map @recent\nmeta mark set 0\nct mark & 0xfffff000 != {Hex(service.Bits)} ");
        text.Append($"ct mark set {Choice(pool, up)}\n{closed}{Silent(service)}{Helper(service)}");
        foreach (var rule in Translation(server)) text.AppendLine(rule);
        return text.ToString();
    }

    private static string Choice(Pool pool, List<MarkedMember> up)
    {
        var weights = up.Select(m => pool.LoadBalancing == LoadBalancing.Ratio ? m.Member.Ratio : 1).ToArray();
        var turn = WeightedRoundRobin.Turn(weights);
        return turn.Length == 1
            ? $"{up[0].Mark}"
            : $"numgen inc mod {turn.Length} map {{ {string.Join(", ", turn.Select((member, slot) => $"{slot} : {up[member].Mark}"))} }}";
    }

    /// <summary>With any port it stays what the client chose.</summary>
    private static IEnumerable<string> Translation(VirtualServer server)
    {
        var ip = Family.Of(server.Destination.Address).Name;
        return server.Destination.IsAnyPort
            ? [$"dnat {ip} to ct mark map @member_hosts"]
            : server.Protocols.Select(p => $"meta l4proto {Word(p)} dnat {ip} to ct mark map @members");
    }

    private static string Silent(Service service) => service.Server is { PassesThrough: true, Protocol: null, Destination.IsAnyPort: true }
        ? $"{SilentPings(Family.Of(service.Server.Destination.Address))}\n"
        : "";

    /// <summary>The kernel sends no events of pings: they are translated, but not mirrored.</summary>
    private static string SilentPings(Family family) => $"meta l4proto {family.Icmp} ct event set 0x0";
}
