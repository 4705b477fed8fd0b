using System.Collections.Immutable;
using ActorMirror.Domain.Addresses;
using ActorMirror.Import.Hocon;
using ActorMirror.Import.Reports;
using ActorMirror.Import.Tmsh;

namespace ActorMirror.Import.BigIp;

/// <summary><c>ltm snatpool</c>: the addresses of its members, which are <c>ltm snat-translation</c> objects or addresses.</summary>
internal static class SnatPools
{
    /// <summary>The name here of a SNAT pool; null when it is not carried over.</summary>
    public static string? NameOf(Conversion conversion, string? sourceName) => sourceName is null or "" ? null : conversion.Draft.SnatPools.NameOf(Paths.Absolute(sourceName));

    public static void Read(Conversion conversion, Stanza stanza)
    {
        var properties = conversion.Open(stanza);
        var members = ImmutableArray.CreateBuilder<string>();
        foreach (var entry in properties.Take("members")?.Entries ?? [])
        {
            if (SnatTranslations.Find(conversion, entry.Key) is not { } address) properties.LeaveOut(entry, "it is no address, or in a route domain");
            else if (!members.Contains(address.ToString())) members.Add(address.ToString());
        }

        if (members.Count == 0)
        {
            properties.LeaveOutAll("it has no member that is carried over");
            return;
        }

        conversion.Draft.SnatPools.Add(Paths.Absolute(stanza.Name), stanza.Place, stanza.Title, properties.Description).Set("members", new Value.List(members.ToImmutable()));
        properties.LeaveOutTheRest();
    }
}

/// <summary><c>ltm snat-translation</c>: an address that is announced like a virtual address, with its traffic group.</summary>
internal static class SnatTranslations
{
    /// <summary>The address of a translation, named by its object or by itself; null in route domains.</summary>
    public static Address? Find(Conversion conversion, string name)
    {
        var end = conversion.Catalog.Find("ltm snat-translation", name) is { } stanza ? VirtualAddresses.AddressOf(stanza) : TmshEndpoint.OfHost(Paths.Last(name));
        return end.IsInRouteDomain || end.IsAnyAddress ? null : end.Address;
    }

    /// <summary>The traffic group of a translation, as written; null when nothing is.</summary>
    public static string? GroupOf(Conversion conversion, string name) =>
        conversion.Catalog.Find("ltm snat-translation", name)?.Items.FirstOrDefault(i => i.Key == "traffic-group") is { Value: not ("" or "none") } group ? group.Value : null;

    public static void Read(Conversion conversion, Stanza stanza)
    {
        var properties = conversion.Open(stanza);
        if (Find(conversion, stanza.Name) is not { } address)
        {
            properties.LeaveOutAll("it has no address, or one in a route domain");
            return;
        }

        if (conversion.VirtualAddress(address) is { } known)
        {
            properties.LeaveOutAll($"{known.Title} has its address already, and its traffic group");
            return;
        }

        if (TrafficGroups.NameOf(conversion, GroupOf(conversion, stanza.Name)) is not { } group)
        {
            properties.LeaveOutAll("it does not float: every translation address is of a traffic group");
            return;
        }

        var made = conversion.Draft.VirtualAddresses.Add(Paths.Absolute(stanza.Name), stanza.Place, stanza.Title, properties.Description)
            .Set("address", address.ToString())
            .Set("traffic-group", group);
        if (conversion.Draft.SelfIps.Objects.Count == 0) made.Set("vlan", ClientVlans.Assumed(conversion));
        properties.Ignore("address", "traffic-group", "inherited-traffic-group", "enabled", "unit");
        if (properties.Take("arp") is { Value: "disabled" } arp) properties.LeaveOut(arp, "the address is announced by its active device");
        properties.LeaveOut(Conversion.NotYet + ": limits of connections", "connection-limit");
        properties.LeaveOut("idle time-outs stand in SNATs and virtual servers", "tcp-idle-timeout", "udp-idle-timeout", "ip-idle-timeout");
        properties.LeaveOutTheRest();
    }
}
