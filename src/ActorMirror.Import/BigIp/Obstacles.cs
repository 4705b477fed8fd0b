using ActorMirror.Domain.Addresses;
using ActorMirror.Import.Hocon;
using ActorMirror.Import.Syntax;
using ActorMirror.Import.Tmsh;

namespace ActorMirror.Import.BigIp;

/// <param name="Because">The property that says so; null: the object as a whole.</param>
internal sealed record Obstacle(string Reason, Item? Because = null);

/// <summary>
/// Why a virtual server is not carried over at all: what it is cannot be said here, or what would stand here would accept or answer what it does
/// not.
/// </summary>
internal static class Obstacles
{
    private static readonly (string Flag, string Reason)[] Types =
    [
        ("l2-forward", "it forwards frames (Forwarding Layer 2)"),
        ("reject", "it rejects connections: what no virtual server takes is not answered"),
        ("internal", "it is internal, for ICAP: ActorMirror does not look into protocols"),
        ("dhcp-relay", "it relays DHCP"),
        ("stateless", "it is stateless: connections are tracked"),
        ("disabled", "it is disabled: a virtual server that is written accepts connections"),
        ("traffic-matching-criteria", Conversion.NotYet + ": lists of addresses and ports as destinations"),
    ];

    public static Obstacle? Find(Conversion conversion, Stanza stanza)
    {
        foreach (var (flag, reason) in Types)
        {
            if (Item(stanza, flag) is { } item && item.Value is not ("no" or "disabled" or "none")) return new Obstacle(reason, item);
        }

        return OfDestination(conversion, stanza) ?? OfTranslation(conversion, stanza) ?? OfProfiles(conversion, stanza);
    }

    /// <summary>It has no pool: connections go where they are addressed to.</summary>
    public static bool IsForwarding(Stanza stanza) => Item(stanza, "ip-forward") is { Value: not ("no" or "disabled") };

    /// <summary>What it listens on, one address or a network; null when its mask is none.</summary>
    public static Prefix? NetworkOf(Stanza stanza, TmshEndpoint destination)
    {
        if (destination.Address is not { } address) return null;
        var mask = Item(stanza, "mask")?.Value is { Length: > 0 } written and not "none" ? TmshEndpoint.MaskLength(written) : destination.IsAnyAddress ? 0 : address.Bits;
        return mask is { } length ? new Prefix(new Prefix(address, Math.Min(length, address.Bits)).First, Math.Min(length, address.Bits)) : null;
    }

    /// <summary>tcp, udp or any; null for another.</summary>
    public static string? ProtocolOf(Conversion conversion, Stanza stanza)
    {
        var transport = Item(stanza, "profiles")?.Names.Select(n => Profiles.TypeOf(conversion, n)).FirstOrDefault(t => t is "tcp" or "udp");
        return Item(stanza, "ip-protocol")?.Value switch
        {
            "tcp" or "6" => "tcp",
            "udp" or "17" => "udp",
            null or "" or "any" => transport ?? "any",
            _ => null,
        };
    }

    private static Obstacle? OfDestination(Conversion conversion, Stanza stanza)
    {
        if (Item(stanza, "destination") is not { Value: not ("" or "none") } item) return new Obstacle("it has no destination");
        var destination = conversion.DestinationOf(item.Value);
        if (destination.IsInRouteDomain) return new Obstacle("its destination is in a route domain: there is one routing table", item);
        if (destination.Address is not { } address) return new Obstacle($"its destination '{destination.Host}' is not an address", item);
        if (!destination.IsAnyPort && destination.PortNumber is null) return new Obstacle($"the service name '{destination.Port}' is not known: write its number", item);
        if (NetworkOf(stanza, destination) is null) return new Obstacle($"its mask {Item(stanza, "mask")?.Value} is not one of a network", Item(stanza, "mask"));
        if (Item(stanza, "source") is { Value: var source } sourceItem && !IsAnySource(source))
            return new Obstacle($"{Conversion.NotYet}: a virtual server for some clients only ({source})", sourceItem);
        if (ProtocolOf(conversion, stanza) is null)
            return new Obstacle($"ip-protocol {Item(stanza, "ip-protocol")?.Value}: ActorMirror forwards TCP and UDP", Item(stanza, "ip-protocol"));
        var group = conversion.VirtualAddress(address)?.Items.FirstOrDefault(i => i.Key == "traffic-group");
        return group?.Value is { Length: > 0 } name && Paths.Absolute(name) == TrafficGroups.LocalOnly
            ? new Obstacle("its address does not float: every virtual server is of a traffic group", group)
            : null;
    }

    private static Obstacle? OfTranslation(Conversion conversion, Stanza stanza)
    {
        if (IsForwarding(stanza)) return null;
        if (Item(stanza, "translate-address") is { Value: "disabled" } address) return new Obstacle("it does not translate addresses: members are reached at their own", address);
        if (Item(stanza, "pool") is not { Value: not ("" or "none") } item) return new Obstacle("it has no pool");
        if (conversion.Draft.Pools.NameOf(Paths.Absolute(item.Value)) is not { } name) return new Obstacle($"its pool {item.Value} is not carried over", item);
        var destination = conversion.DestinationOf(Item(stanza, "destination")!.Value).PortNumber;
        var keepsPort = Item(stanza, "translate-port") is { Value: "disabled" };
        if (destination is null && !keepsPort) return new Obstacle("its destination is any port, and its members have ports of their own: here they would be reached at the port that clients choose", Item(stanza, "destination"));
        if (destination is null || !keepsPort) return null;
        var members = conversion.Draft.Pools.Find(name)!["members"] as Value.Rows;
        var isSame = members!.Items.All(m => m.Settings.Any(s => s.Key == "address" && s.Value is Value.Text text && Endpoint.Parse(text.Content).Port == destination));
        return isSame ? null : new Obstacle("it does not translate ports, and its pool's members have other ports than its own", Item(stanza, "translate-port"));
    }

    private static Obstacle? OfProfiles(Conversion conversion, Stanza stanza)
    {
        foreach (var entry in Item(stanza, "profiles")?.Entries ?? [])
        {
            if (Profiles.TypeOf(conversion, entry.Key) is "client-ssl" or "server-ssl") return new Obstacle($"{StanzaKinds.WhyNot("ltm profile client-ssl")} (profile {entry.Key})", entry);
        }

        return null;
    }

    private static bool IsAnySource(string source) => TmshEndpoint.Prefix(source).Text is "" or "none" or "any" or "any6" or "0.0.0.0/0" or "::/0" or "any/0" or "any6/0" or "0.0.0.0" or "::";

    private static Item? Item(Stanza stanza, string key) => stanza.Items.FirstOrDefault(i => i.Key == key);
}
