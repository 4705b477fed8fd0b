using ActorMirror.Import.Hocon;
using ActorMirror.Import.Tmsh;

namespace ActorMirror.Import.BigIp;

/// <summary><c>cm traffic-group</c>: ha-order, completed by the other members of the device group, which a BIG-IP would take last; automatic failback, load factor.</summary>
internal static class TrafficGroups
{
    /// <summary>What does not float: self IPs of devices.</summary>
    public const string LocalOnly = "/Common/traffic-group-local-only";

    /// <summary>The group of whatever does not name another.</summary>
    public const string Default = "/Common/traffic-group-1";

    public static void Read(Conversion conversion, Stanza stanza)
    {
        if (Paths.Absolute(stanza.Name) == LocalOnly) return;
        var (draft, properties) = (conversion.Draft, conversion.Open(stanza));
        var order = properties.Take("ha-order")?.Names.Select(d => draft.Devices.NameOf(Paths.Absolute(d))).OfType<string>() ?? [];
        var first = properties.Word("default-device") is { } device && draft.Devices.NameOf(Paths.Absolute(device)) is { } known ? [known] : Array.Empty<string>();
        var group = draft.TrafficGroups.Add(Paths.Absolute(stanza.Name), stanza.Place, stanza.Title, properties.Description)
            .Set("ha-order", new Value.List([.. order.Concat(first).Where(d => draft.Members.Contains(d)).Concat(draft.Members).Distinct()]));
        properties.Ignore("unit-id", "is-floating", "failover-method");
        if (properties.Word("ha-group") is { } haGroup && conversion.Catalog.Find("sys ha-group", haGroup) is null)
            properties.LeaveOutPart("ha-group", $"the files have no HA group {haGroup}"); // the others find this group when they are read
        if (properties.Take("auto-failback-enabled") is { Value: "true" } failback)
            group.Set("auto-failback.delay", $"{properties.Word("auto-failback-time") ?? "60"}s", failback, isOptional: true);
        if (properties.Take("ha-load-factor") is { } factor) group.Set("load-factor", factor.Value, factor, isOptional: true);
        properties.Ignore("auto-failback-time");
        properties.LeaveOut("addresses answer from the interface's own MAC address and are announced after a move", "mac");
        properties.LeaveOut(Conversion.NotYet + ": conditions of failover", "monitor");
        properties.LeaveOutTheRest();
    }

    /// <summary>The name here of a floating group; null for what does not float.</summary>
    public static string? NameOf(Conversion conversion, string? sourceName)
    {
        var path = sourceName is null ? Default : Paths.Absolute(sourceName);
        return path == LocalOnly ? null : Skeleton.TrafficGroup(conversion.Draft, conversion.Report, path);
    }
}
