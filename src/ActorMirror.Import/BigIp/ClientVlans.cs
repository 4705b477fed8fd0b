using System.Collections.Immutable;
using ActorMirror.Import.Reports;

namespace ActorMirror.Import.BigIp;

/// <summary>On which VLANs a virtual server or a SNAT takes connections: <c>vlans-enabled</c>, <c>vlans-disabled</c>, or on all.</summary>
internal static class ClientVlans
{
    /// <returns>Empty: on all; null: on none, which is reported.</returns>
    public static ImmutableArray<string>? Of(Conversion conversion, Properties properties)
    {
        var item = properties.Take("vlans");
        var isEnabled = properties.Flag("vlans-enabled");
        properties.Ignore("vlans-disabled");
        ImmutableArray<string> written = [.. item?.Names ?? []];
        if (item is { Entries.IsEmpty: true, Value: not ("" or "none") }) written = [.. item.Words.Skip(1)];
        if (!isEnabled) return AllBut(conversion, properties, written);

        var vlans = ImmutableArray.CreateBuilder<string>();
        foreach (var name in written.Distinct())
        {
            if (SelfIps.VlanOf(conversion, name) is { } vlan) vlans.Add(vlan);
            else properties.LeaveOut(item!, $"there is no VLAN {name} in the files");
        }

        if (vlans.Count > 0) return vlans.ToImmutable();
        properties.LeaveOutAll(written.IsEmpty ? "it is enabled on no VLAN" : "none of the VLANs that it is enabled on is carried over", item);
        return null;
    }

    /// <summary>Without self IPs nothing says where an address lies: on all VLANs there are, or on one that is assumed.</summary>
    public static ImmutableArray<string> WithoutSelfIps(Conversion conversion)
    {
        ImmutableArray<string> vlans = [.. conversion.Draft.Vlans.Objects.Where(v => v.Title.Length > 0).Select(v => v.Name)];
        return vlans.IsEmpty ? [Assumed(conversion)] : vlans;
    }

    /// <summary>The VLAN of an address where the files hold neither VLANs nor self IPs.</summary>
    public static string Assumed(Conversion conversion) =>
        Skeleton.Vlan(conversion.Draft, conversion.Report, "/Common/external", "the files name no VLAN and no self IP: read bigip_base.conf too");

    private static ImmutableArray<string>? AllBut(Conversion conversion, Properties properties, ImmutableArray<string> excluded)
    {
        if (excluded.IsEmpty) return [];
        var draft = conversion.Draft;
        var names = excluded.Select(v => draft.Vlans.NameOf(Paths.Absolute(v))).ToHashSet();
        ImmutableArray<string> vlans = [.. draft.Vlans.Objects.Where(v => v.Title.Length > 0 && !names.Contains(v.Name)).Select(v => v.Name)];
        if (!vlans.IsEmpty) return vlans;
        if (!conversion.Catalog.HasAny("net vlan")) return [Assumed(conversion)];
        properties.LeaveOutAll("it is disabled on every VLAN");
        return null;
    }
}
