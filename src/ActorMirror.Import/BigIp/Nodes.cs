using ActorMirror.Domain.Addresses;
using ActorMirror.Import.Syntax;
using ActorMirror.Import.Tmsh;

namespace ActorMirror.Import.BigIp;

/// <summary><c>ltm node</c>: its address stands in the members of pools; a node that is disabled takes its members out.</summary>
internal static class Nodes
{
    /// <summary>The address of a node: its own, or the one that its name is.</summary>
    public static TmshEndpoint Find(Conversion conversion, string name)
    {
        var node = conversion.Catalog.Find("ltm node", name);
        return TmshEndpoint.OfHost(node?.Items.FirstOrDefault(i => i.Key == "address")?.Value ?? Paths.Last(name));
    }

    public static bool IsFqdn(Conversion conversion, string name) => conversion.Catalog.Find("ltm node", name) is { } node && node.Items.Any(i => i.Key == "fqdn");

    /// <summary>Whether an operator took a node or a member out of service; what monitors found is not configuration.</summary>
    public static Item? Disabled(IEnumerable<Item> properties) =>
        properties.FirstOrDefault(p => p is { Key: "session", Value: "user-disabled" } or { Key: "state", Value: "user-down" or "down" } or { Key: "disabled" or "down" });

    public static void Read(Conversion conversion, Stanza stanza)
    {
        var properties = conversion.Open(stanza);
        var address = Find(conversion, stanza.Name).Address;
        properties.Ignore("address", "description", "session", "state", "logging", "up", "ephemeral", "autopopulate");
        if (properties.Flag("fqdn"))
        {
            properties.LeaveOutAll("its address comes from DNS: " + Conversion.NotYet);
            return;
        }

        if (address is null || !conversion.MemberAddresses.Contains(address.Value))
        {
            properties.LeaveOutAll("no member of a pool that is carried over has its address");
            return;
        }

        properties.LeaveOut(Conversion.NotYet + ": monitors of nodes; pools have monitors", "monitor");
        properties.LeaveOut(Conversion.NotYet + ": limits of connections", "connection-limit", "rate-limit");
        properties.LeaveOut("load is balanced over members", "ratio", "dynamic-ratio");
        properties.LeaveOutTheRest();
    }
}
