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
        ("ip-forward", "it forwards packets of any destination (Forwarding IP): a route of the host"),
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

    /// <summary>tcp or udp; null for any other.</summary>
    public static string? ProtocolOf(Conversion conversion, Stanza stanza)
    {
        var transport = Item(stanza, "profiles")?.Names.Select(n => Profiles.TypeOf(conversion, n)).FirstOrDefault(t => t is "tcp" or "udp");
        return Item(stanza, "ip-protocol")?.Value switch
        {
            "tcp" or "6" => "tcp",
            "udp" or "17" => "udp",
            null or "" => transport,
            _ => null,
        };
    }

    private static Obstacle? OfDestination(Conversion conversion, Stanza stanza)
    {
        if (Item(stanza, "destination") is not { Value: not ("" or "none") } item) return new Obstacle("it has no destination");
        var destination = conversion.DestinationOf(item.Value);
        if (destination.IsInRouteDomain) return new Obstacle("its destination is in a route domain: there is one routing table", item);
        if (destination.IsAnyAddress) return new Obstacle("its destination is any address: virtual servers have one address", item);
        if (destination.Address is not { } address) return new Obstacle($"its destination '{destination.Host}' is not an address", item);
        if (destination.IsAnyPort) return new Obstacle("its destination is any port: virtual servers have one port", item);
        if (destination.PortNumber is null) return new Obstacle($"the service name '{destination.Port}' is not known: write its number", item);
        if (Item(stanza, "mask") is { Value: var mask } maskItem && mask is not ("" or "none") && Destination.MaskLength(mask) is var length && length != address.Bits && length != 128)
            return new Obstacle($"its destination is a network (mask {mask}): virtual servers have one address", maskItem);
        if (Item(stanza, "source") is { Value: var source } sourceItem && !IsAnySource(source))
            return new Obstacle($"{Conversion.NotYet}: a virtual server for some clients only ({source})", sourceItem);
        if (ProtocolOf(conversion, stanza) is null)
            return new Obstacle($"ip-protocol {Item(stanza, "ip-protocol")?.Value ?? "any"}: ActorMirror forwards TCP and UDP", Item(stanza, "ip-protocol"));
        var group = conversion.VirtualAddress(address)?.Items.FirstOrDefault(i => i.Key == "traffic-group");
        return group?.Value is { Length: > 0 } name && Paths.Absolute(name) == TrafficGroups.LocalOnly
            ? new Obstacle("its address does not float: every virtual server is of a traffic group", group)
            : null;
    }

    private static Obstacle? OfTranslation(Conversion conversion, Stanza stanza)
    {
        if (Item(stanza, "translate-address") is { Value: "disabled" } address) return new Obstacle("it does not translate addresses: members are reached at their own", address);
        if (Item(stanza, "pool") is not { Value: not ("" or "none") } item) return new Obstacle("it has no pool");
        if (conversion.Draft.Pools.NameOf(Paths.Absolute(item.Value)) is not { } name) return new Obstacle($"its pool {item.Value} is not carried over", item);
        if (Item(stanza, "translate-port") is not { Value: "disabled" } port) return null;
        var destination = conversion.DestinationOf(Item(stanza, "destination")!.Value).PortNumber;
        var members = conversion.Draft.Pools.Find(name)!["members"] as Value.Rows;
        var isSame = members!.Items.All(m => m.Settings.Any(s => s.Key == "address" && s.Value is Value.Text text && Endpoint.Parse(text.Content).Port == destination));
        return isSame ? null : new Obstacle("it does not translate ports, and its pool's members have other ports than its own", port);
    }

    private static Obstacle? OfProfiles(Conversion conversion, Stanza stanza)
    {
        foreach (var entry in Item(stanza, "profiles")?.Entries ?? [])
        {
            if (Profiles.TypeOf(conversion, entry.Key) is "client-ssl" or "server-ssl") return new Obstacle($"{StanzaKinds.WhyNot("ltm profile client-ssl")} (profile {entry.Key})", entry);
        }

        return null;
    }

    private static bool IsAnySource(string source) => Destination.Prefix(source).Text is "" or "none" or "any" or "any6" or "0.0.0.0/0" or "::/0" or "any/0" or "any6/0" or "0.0.0.0" or "::";

    private static Item? Item(Stanza stanza, string key) => stanza.Items.FirstOrDefault(i => i.Key == key);
}
