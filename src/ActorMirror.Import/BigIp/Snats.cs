using System.Collections.Immutable;
using ActorMirror.Import.Hocon;
using ActorMirror.Import.Reports;
using ActorMirror.Import.Tmsh;

namespace ActorMirror.Import.BigIp;

/// <summary><c>ltm snat</c>: origins, VLANs, mirror, and its translation, which is automap, a SNAT pool or one address.</summary>
internal static class Snats
{
    public static void Read(Conversion conversion, Stanza stanza)
    {
        var properties = conversion.Open(stanza);
        var origins = Origins(properties);
        if (origins.IsEmpty)
        {
            properties.LeaveOutAll("it has no origins");
            return;
        }

        if (Translation(conversion, properties) is not var (translation, group)) return;
        if (TrafficGroups.NameOf(conversion, group) is not { } trafficGroup)
        {
            properties.LeaveOutAll("its translation does not float: every SNAT is of a traffic group");
            return;
        }

        if (ClientVlans.Of(conversion, properties) is not { } vlans) return;
        var snat = conversion.Draft.Snats.Add(Paths.Absolute(stanza.Name), stanza.Place, stanza.Title, properties.Description).Set("origins", new Value.List(origins));
        if (!vlans.IsEmpty) snat.Set("vlans", new Value.List(vlans));
        snat.Set("translation", translation);
        if (properties.Take("mirror") is { Value: "enabled" } mirror) snat.Set("mirror", true, mirror);
        snat.Set("traffic-group", trafficGroup);
        properties.Same("source-port", "preserve");
        properties.Same("auto-lasthop", "default");
        properties.LeaveOut("source ports are kept where they are free", "source-port");
        properties.LeaveOut("replies go by the routes of the host", "auto-lasthop");
        properties.LeaveOutTheRest();
    }

    private static ImmutableArray<string> Origins(Properties properties)
    {
        var origins = ImmutableArray.CreateBuilder<string>();
        foreach (var entry in properties.Take("origins")?.Entries ?? [])
        {
            if (TmshEndpoint.Prefix(entry.Key).IsInRouteDomain) properties.LeaveOut(entry, "it is in a route domain: there is one routing table");
            else if (TmshEndpoint.Network(entry.Key) is { } network) origins.Add(network.ToString());
            else properties.LeaveOut(entry, "it is no address and no network");
        }

        return origins.ToImmutable();
    }

    /// <summary>The translation as the configuration has it, and the traffic group it names, if it does; null when there is none, which is reported.</summary>
    private static (string Text, string? Group)? Translation(Conversion conversion, Properties properties)
    {
        if (properties.Take("automap") is { Value: not ("none" or "disabled") }) return ("automap", null);
        if (properties.Take("snatpool") is { } pool)
        {
            if (SnatPools.NameOf(conversion, pool.Value) is { } name) return ($"pool {name}", GroupOfPool(conversion, pool.Value));
            properties.LeaveOutAll($"its SNAT pool {pool.Value} is not carried over", pool);
            return null;
        }

        var translation = properties.Take("translation");
        if (translation is not null && SnatTranslations.Find(conversion, translation.Value) is { } address) return (address.ToString(), SnatTranslations.GroupOf(conversion, translation.Value));
        properties.LeaveOutAll(translation is null ? "it has no translation" : $"its translation {translation.Value} is no address, or in a route domain", translation);
        return null;
    }

    private static string? GroupOfPool(Conversion conversion, string pool) =>
        (conversion.Catalog.Find("ltm snatpool", pool)?.Items.FirstOrDefault(i => i.Key == "members")?.Names ?? [])
        .Select(m => SnatTranslations.GroupOf(conversion, m)).FirstOrDefault(g => g is not null);
}
