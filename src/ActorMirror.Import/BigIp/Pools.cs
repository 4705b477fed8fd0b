using System.Collections.Immutable;
using ActorMirror.Import.Hocon;
using ActorMirror.Import.Reports;
using ActorMirror.Import.Syntax;
using ActorMirror.Import.Tmsh;

namespace ActorMirror.Import.BigIp;

/// <summary><c>ltm pool</c>: members with their ratios, load-balancing-mode round-robin and ratio-member, one monitor.</summary>
internal static class Pools
{
    public static void Read(Conversion conversion, Stanza stanza)
    {
        var properties = conversion.Open(stanza);
        var members = PoolMembers.Read(conversion, properties);
        if (members.IsEmpty)
        {
            properties.LeaveOutAll("it has no member that is carried over");
            return;
        }

        var pool = conversion.Draft.Pools.Add(Paths.Absolute(stanza.Name), stanza.Place, stanza.Title, properties.Description);
        var mode = properties.Take("load-balancing-mode");
        var byRatio = mode?.Value is "ratio-member" or "ratio-session" or "ratio-least-connections-member" or "dynamic-ratio-member";
        if (mode is { Value: not ("" or "round-robin" or "ratio-member") }) properties.LeaveOut(mode, $"{Conversion.NotYet}: carried over as {(byRatio ? "ratio" : "round-robin")}");
        var ratios = byRatio ? Ratios.Fit([.. members.Select(m => m.Ratio)], out var isExact) : Ratios.Equal(members.Length, out isExact);
        if (!isExact) properties.LeaveOutPart("ratio", "the ratios of its members are rounded: they are 1 to 100 here");
        pool.Set("members", new Value.Rows([.. members.Select((m, i) => Row(m, ratios[i]))]));
        if (byRatio) pool.Set("load-balancing", "ratio");
        Monitor(conversion, properties, pool);

        properties.Ignore("min-active-members", "members");
        properties.Same("reselect-tries", "0");
        properties.LeaveOut(Conversion.NotYet + ": actions on the connections of a member that fails", "service-down-action");
        properties.LeaveOut(Conversion.NotYet + ": a new member gets its whole share at once", "slow-ramp-time");
        properties.LeaveOut(Conversion.NotYet, "queue-on-connection-limit", "queue-depth-limit", "queue-time-limit", "reselect-tries", "min-up-members", "min-up-members-action");
        properties.LeaveOut("packets keep their marks", "ip-tos-to-client", "ip-tos-to-server", "link-qos-to-client", "link-qos-to-server");
        properties.LeaveOutTheRest();
    }

    private static Row Row(PoolMember member, int ratio)
    {
        ImmutableArray<Setting> address = [new Setting("address", member.Endpoint)];
        return new Row(member.Place, member.Name, ratio == 1 ? address : address.Add(new Setting("ratio", ratio)));
    }

    /// <summary>"A", "A and B" or "min N of { A B }": a pool has one monitor here, the first that is carried over.</summary>
    private static void Monitor(Conversion conversion, Properties properties, DraftObject pool)
    {
        if (properties.Take("monitor") is not { } item) return;
        var names = item.Entries.IsEmpty ? item.Words.Skip(1).Where(w => w is not ("and" or "none" or "default")) : item.Names;
        string? taken = null;
        foreach (var name in names)
        {
            var (found, loss) = Find(conversion, name);
            if (found is null) properties.LeaveOut(item, $"{name}: {loss}");
            else if (taken is not null) properties.LeaveOut(item, $"{name}: a pool has one monitor, which is '{taken}'");
            else if (loss is not null) properties.LeaveOut(item, $"{name}: {loss}");
            if (found is null || taken is not null) continue;
            taken = found;
            pool.Set("monitor", found, item, isOptional: true);
        }
    }

    private static (string? Name, string? Loss) Find(Conversion conversion, string name)
    {
        if (conversion.Draft.Monitors.NameOf(Paths.Absolute(name)) is { } defined) return (defined, null);
        return Monitors.FindBuiltIn(name) switch
        {
            { Mapping: { } mapping } => (mapping.Type, mapping.Loss),
            { Type: "none" } => (null, "the pool has no monitor: its members are always up"),
            { Type: var type } => (null, StanzaKinds.WhyNot("ltm monitor " + type)),
            null => (null, "this monitor is not carried over"),
        };
    }
}
