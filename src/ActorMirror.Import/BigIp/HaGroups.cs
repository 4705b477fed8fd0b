using System.Collections.Immutable;
using ActorMirror.Import.Hocon;
using ActorMirror.Import.Reports;
using ActorMirror.Import.Syntax;
using ActorMirror.Import.Tmsh;

namespace ActorMirror.Import.BigIp;

/// <summary>
/// <c>sys ha-group</c>: pools with weight and threshold, active-bonus; and the traffic groups that name it. There each device has its own, here all have
/// the same and score for themselves.
/// </summary>
internal static class HaGroups
{
    public static void Read(Conversion conversion, Stanza stanza)
    {
        var (draft, properties) = (conversion.Draft, conversion.Open(stanza));
        ImmutableArray<Row> pools = [.. (properties.Take("pools")?.Entries ?? []).Select(entry => Pool(conversion, properties, entry)).OfType<Row>()];
        if (pools.IsEmpty)
        {
            properties.LeaveOutAll("it has no pool that is carried over");
            return;
        }

        var group = draft.HaGroups.Add(Paths.Absolute(stanza.Name), stanza.Place, stanza.Title, properties.Description).Set("pools", new Value.Rows(pools));
        if (properties.Take("active-bonus") is { } bonus) group.Set("active-bonus", bonus.Value, bonus, isOptional: true);
        properties.LeaveOut("bonds are the host's own; the links of VLANs are watched with every failover method", "trunks");
        properties.LeaveOut("ActorMirror has nothing of the kind", "clusters");
        properties.Ignore("enabled");
        properties.LeaveOutTheRest();
        foreach (var user in conversion.Catalog.Of("cm traffic-group")) Use(draft, user, group);
    }

    private static Row? Pool(Conversion conversion, Properties properties, Item entry)
    {
        if (conversion.Draft.Pools.NameOf(Paths.Absolute(entry.Key)) is not { } name)
        {
            properties.LeaveOut(entry, "the pool is not carried over");
            return null;
        }

        var settings = ImmutableArray.Create(new Setting("pool", name));
        if (entry["weight"] is { Value: var weight }) settings = settings.Add(new Setting("weight", weight));
        if ((entry["minimum-threshold"] ?? entry["threshold"]) is { Value: var threshold }) settings = settings.Add(new Setting("threshold", threshold));
        if (entry["sufficient-threshold"] is { Value: not ("all" or "0") } sufficient) properties.LeaveOut(sufficient, "a pool counts in full when all its members are up");
        return new Row(entry.Place, entry.Key, settings);
    }

    private static void Use(Draft draft, Stanza user, DraftObject group)
    {
        if (user.Items.FirstOrDefault(i => i.Key == "ha-group") is not { Value: not ("" or "none") } named) return;
        if (draft.HaGroups.NameOf(Paths.Absolute(named.Value)) != group.Name) return;
        if (draft.TrafficGroups.NameOf(Paths.Absolute(user.Name)) is not { } name || draft.TrafficGroups.Find(name) is not { } made) return;
        made.Set("failover-method", "ha-group", named, isOptional: true).Set("ha-group", group.Name, named, isOptional: true);
    }
}
