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
        var text = new StringBuilder();
        if (service.Scope is { } scope) Replace(ChooserOf(service), Returning(service, scope, Up(service, health)));
        Replace(ChainOf(service), Selection(service, health));
        return text.ToString();

        void Replace(string name, string rules)
        {
            var chain = $"{Family.Of(service.Server.Destination.Address).Name} {Table} {name}";
            text.Append($"flush chain {chain}\n");
            foreach (var rule in rules.Split('\n', StringSplitOptions.RemoveEmptyEntries)) text.AppendLine($"add rule {chain} {rule}");
        }
    }

    /// <summary>The chains of a virtual server.</summary>
    private static string SelectionChains(Service service, MemberHealth health) =>
        (service.Scope is { } scope ? $"chain {ChooserOf(service)} {{\n{Returning(service, scope, Up(service, health))}}}\n" : "")
        + $"chain {ChainOf(service)} {{\n{Selection(service, health)}}}";

    private static List<MarkedMember> Up(Service service, MemberHealth health) =>
        [.. service.Members.Where(m => health.IsUp(service.Server.Pool!.Name, m.Member.Endpoint))];

    private static string ChainOf(Service service) => $"vs_{service.Number}";

    private static string Selection(Service service, MemberHealth health)
    {
        var server = service.Server;
        var closed = $"ct mark & 0xffc00000 == @{GatedSet} drop\n";
        if (server.Pool is not { } pool) return $"ct mark set {Hex(service.Bits)}\n{closed}{Silent(service)}accept\n";

        var text = new StringBuilder();
        if (server is { PassesThrough: false, Vlans.IsEmpty: false })
            text.Append($"iifname != {{ {string.Join(", ", server.Vlans.Select(v => $"\"{v.Interface}\""))} }} return\n");
        var up = Up(service, health);

        // Nothing is translated: for an address of this device the packet ends at the local refusal, for another nowhere.
        if (up.Count == 0) return text.Append(server.PassesThrough ? "drop\n" : "").ToString();
        if (server.Protocol != TransportProtocol.Tcp)
            text.Append($"{RecentKey(Family.Of(server.Destination.Address))}\nct mark set meta mark map @recent\nmeta mark set 0\nct mark & 0xfffff000 != {Hex(service.Bits)} ");
        text.Append($"{(service.Scope is null ? $"ct mark set {Choice(service, up)}" : $"jump {ChooserOf(service)}")}\n{closed}{Silent(service)}{Helper(service)}");
        foreach (var rule in Translation(server)) text.AppendLine(rule);
        return text.ToString();
    }

    private static string Choice(Service service, List<MarkedMember> up)
    {
        var weights = up.Select(m => service.Server.Pool!.LoadBalancing == LoadBalancing.Ratio ? m.Member.Ratio : 1).ToArray();
        var profile = service.Server.Persistence is { HasRecords: false } hash ? hash : null;
        var turn = profile is { IsCarp: true } ? CarpSlots(up, weights) : WeightedRoundRobin.Turn(weights);
        return turn.Length == 1
            ? $"{up[0].Mark}"
            : $"{(profile is null ? "numgen inc" : Hash(service, profile))} mod {turn.Length}{(profile is null ? "" : " seed 0x5eed")} map {{ {string.Join(", ", turn.Select((member, slot) => $"{slot} : {up[member].Mark}"))} }}";
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
