using ActorMirror.Import.Tmsh;

namespace ActorMirror.Import.BigIp;

/// <summary><c>net self</c>: floating with its traffic group, or of the device whose file it stands in.</summary>
internal static class SelfIps
{
    public static bool IsFloating(Stanza stanza) =>
        stanza.Items.FirstOrDefault(i => i.Key == "traffic-group")?.Value is { } group && group != "none" && Paths.Absolute(group) != TrafficGroups.LocalOnly;

    public static void Read(Conversion conversion, Stanza stanza)
    {
        var (draft, properties) = (conversion.Draft, conversion.Open(stanza));
        var (address, isInRouteDomain) = TmshEndpoint.Prefix(properties.Word("address") ?? "");
        var vlanItem = properties.Take("vlan");
        var (group, device) = (properties.Word("traffic-group"), conversion.Catalog.SelfDevice(stanza.Place.File));
        var owner = device is not null && draft.Devices.NameOf(device) is { } known ? known : draft.Self;
        if (address.Length == 0)
        {
            properties.LeaveOutAll("it has no address");
        }
        else if (isInRouteDomain)
        {
            properties.LeaveOutAll("its address is in a route domain: there is one routing table");
        }
        else if (VlanOf(conversion, vlanItem?.Value) is not { } vlan)
        {
            properties.LeaveOutAll(vlanItem is null ? "it has no VLAN" : $"there is no VLAN {vlanItem.Value} in the files", vlanItem);
        }
        else
        {
            // A name may be the address with its length, whose slash is no folder's.
            var name = stanza.Name.EndsWith(address, StringComparison.Ordinal) ? address.Replace('/', '-') : stanza.Name;
            var selfIp = draft.SelfIps.Add(name, stanza.Place, stanza.Title, properties.Description).Set("address", address).Set("vlan", vlan);
            if (IsFloating(stanza)) selfIp.Set("traffic-group", TrafficGroups.NameOf(conversion, group)!);
            else selfIp.Set("device", owner);
            properties.LeaveOut(Conversion.NotYet + ": port lockdown; what the host listens on is reachable", "allow-service", "fw-enforced-policy", "fw-staged-policy");
            properties.Ignore("floating", "unit", "inherited-traffic-group");
            properties.LeaveOutTheRest();
        }
    }

    /// <summary>The name here of a VLAN. Files without any VLAN are bigip.conf alone: then it is assumed to be there.</summary>
    public static string? VlanOf(Conversion conversion, string? sourceName)
    {
        if (sourceName is null or "" or "none") return null;
        if (conversion.Draft.Vlans.NameOf(Paths.Absolute(sourceName)) is { } known) return known;
        return conversion.Catalog.HasAny("net vlan")
            ? null
            : Skeleton.Vlan(conversion.Draft, conversion.Report, Paths.Absolute(sourceName), "the files use it and do not say what it is: read bigip_base.conf too");
    }
}
