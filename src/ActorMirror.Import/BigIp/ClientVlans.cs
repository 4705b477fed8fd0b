using System.Collections.Immutable;
using ActorMirror.Import.Hocon;
using ActorMirror.Import.Reports;

namespace ActorMirror.Import.BigIp;

/// <summary>On which VLANs a virtual server accepts connections: <c>vlans-enabled</c>, <c>vlans-disabled</c>, or on all.</summary>
internal static class ClientVlans
{
    /// <returns>False when it accepts on none; that is reported.</returns>
    public static bool Set(Conversion conversion, Properties properties, DraftObject server)
    {
        var item = properties.Take("vlans");
        var isEnabled = properties.Flag("vlans-enabled");
        properties.Ignore("vlans-disabled");
        ImmutableArray<string> written = [.. item?.Names ?? []];
        if (item is { Entries.IsEmpty: true, Value: not ("" or "none") }) written = [.. item.Words.Skip(1)];
        if (!isEnabled) return SetAllBut(conversion, properties, server, written);

        var vlans = ImmutableArray.CreateBuilder<string>();
        foreach (var name in written.Distinct())
        {
            if (SelfIps.VlanOf(conversion, name) is { } vlan) vlans.Add(vlan);
            else properties.LeaveOut(item!, $"there is no VLAN {name} in the files");
        }

        if (vlans.Count == 0)
        {
            properties.LeaveOutAll(written.IsEmpty ? "it is enabled on no VLAN" : "none of the VLANs that it is enabled on is carried over", item);
            return false;
        }

        Set(server, vlans.ToImmutable());
        return true;
    }

    private static bool SetAllBut(Conversion conversion, Properties properties, DraftObject server, ImmutableArray<string> excluded)
    {
        var draft = conversion.Draft;
        var names = excluded.Select(v => draft.Vlans.NameOf(Paths.Absolute(v))).ToHashSet();
        ImmutableArray<string> vlans = [.. draft.Vlans.Objects.Where(v => v.Title.Length > 0 && !names.Contains(v.Name)).Select(v => v.Name)];
        if (excluded.IsEmpty && draft.SelfIps.Objects.Count > 0) return true;

        // Without self IPs nothing says where an address lies: on all VLANs there are, or on one that is assumed.
        if (!vlans.IsEmpty) Set(server, vlans);
        else if (!excluded.IsEmpty && conversion.Catalog.HasAny("net vlan")) return NowhereEnabled(properties);
        else Set(server, [Skeleton.Vlan(draft, conversion.Report, "/Common/external", "the files name no VLAN and no self IP: read bigip_base.conf too")]);
        return true;
    }

    private static bool NowhereEnabled(Properties properties)
    {
        properties.LeaveOutAll("it is disabled on every VLAN");
        return false;
    }

    private static void Set(DraftObject server, ImmutableArray<string> vlans)
    {
        if (vlans is [var only]) server.Set("vlan", only);
        else server.Set("vlans", new Value.List(vlans));
    }
}
