using ActorMirror.Import.Tmsh;

namespace ActorMirror.Import.BigIp;

/// <summary><c>ltm virtual-address</c>: the traffic group that its virtual servers move with, and whether it answers pings.</summary>
internal static class VirtualAddresses
{
    public static void Read(Conversion conversion, Stanza stanza)
    {
        var properties = conversion.Open(stanza);
        var destination = AddressOf(stanza);
        if (destination.Address is not { } address)
        {
            properties.LeaveOutAll($"'{destination.Host}' is not an address");
            return;
        }

        if (IsNetwork(stanza, destination))
        {
            properties.LeaveOutAll("nothing of a network is announced or answers pings; the virtual servers that listen on it have its traffic group");
            return;
        }

        if (destination.IsInRouteDomain)
        {
            properties.LeaveOutAll("it is in a route domain: there is one routing table");
            return;
        }

        var groupItem = properties.Take("traffic-group");
        if (TrafficGroups.NameOf(conversion, groupItem?.Value is "" or "none" ? null : groupItem?.Value) is not { } group)
        {
            properties.LeaveOutAll("it does not float: every virtual address is of a traffic group", groupItem);
            return;
        }

        var made = conversion.Draft.VirtualAddresses.Add(stanza.Name, stanza.Place, stanza.Title, properties.Description)
            .Set("address", address.ToString())
            .Set("traffic-group", group);
        var echo = properties.Take("icmp-echo");
        if (echo?.Value is "disabled") made.Set("icmp-echo", false, echo);
        else if (echo is { Value: not ("" or "enabled" or "none") }) properties.LeaveOut(echo, "pings are answered, whatever the state of the virtual servers");
        if (properties.Take("arp") is { Value: "disabled" } arp) properties.LeaveOut(arp, "the address is announced by its active device");
        properties.Ignore("address", "mask", "inherited-traffic-group", "floating", "unit", "enabled", "auto-delete", "server-scope");
        properties.LeaveOut("routes are not announced: run a routing daemon with notify-hook", "route-advertisement");
        properties.LeaveOut("a traffic group is active on one device", "spanning");
        properties.LeaveOut(Conversion.NotYet + ": limits of connections", "connection-limit");
        properties.LeaveOutTheRest();
    }

    private static bool IsNetwork(Stanza stanza, TmshEndpoint address) =>
        address.IsAnyAddress || (stanza.Items.FirstOrDefault(i => i.Key == "mask") is { Value: { Length: > 0 } mask } && TmshEndpoint.MaskLength(mask) is { } length && length < 32);

    /// <summary>Its address, or the one that its name is.</summary>
    public static TmshEndpoint AddressOf(Stanza stanza) =>
        TmshEndpoint.OfHost(stanza.Items.FirstOrDefault(i => i.Key == "address") is { Value: { Length: > 0 } address } ? address : Paths.Last(stanza.Name));
}
