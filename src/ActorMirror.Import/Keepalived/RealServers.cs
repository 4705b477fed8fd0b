using System.Collections.Immutable;
using System.Globalization;
using ActorMirror.Domain.Addresses;
using ActorMirror.Import.Hocon;
using ActorMirror.Import.Reports;
using ActorMirror.Import.Syntax;

namespace ActorMirror.Import.Keepalived;

/// <summary><c>real_server</c> blocks to a pool: members with their weights, and the checkers of the first of them as its monitor.</summary>
internal static class RealServers
{
    private const string Less = "; what it sends and expects is " + Conversion.NotYet;

    /// <summary>The pool's name; null when it has no member, which is reported.</summary>
    public static string? Pool(Conversion conversion, Properties server, Item block, string source)
    {
        var members = block.Entries.Where(e => e.Key == "real_server").Select(e => Member(conversion, server, e)).OfType<(Item Item, Endpoint Endpoint, int Weight)>().ToList();
        if (members.Count == 0)
        {
            server.LeaveOutAll("it has no real server that is carried over");
            return null;
        }

        var pool = conversion.Draft.Pools.Add(source, block.Place, Conversion.Title(block));
        var algorithm = server.Take("lb_algo") ?? server.Take("lvs_sched");
        var byRatio = algorithm?.Value is "wrr" or "wlc";
        if (algorithm is { Value: not ("rr" or "wrr") }) server.LeaveOut(algorithm, $"{Conversion.NotYet}: carried over as {(byRatio ? "ratio" : "round-robin")}");
        var isExact = true;
        var ratios = byRatio ? Ratios.Fit([.. members.Select(m => m.Weight)], out isExact) : Ratios.Equal(members.Count, out isExact);
        if (!isExact) server.LeaveOutPart("weight", "the weights of its real servers are rounded: ratios are 1 to 100");
        pool.Set("members", new Value.Rows([.. members.Select((m, i) => new Row(m.Item.Place, Conversion.Title(m.Item), Settings(m.Endpoint, ratios[i])))]));
        if (byRatio) pool.Set("load-balancing", "ratio");
        Monitor(conversion, server, pool, [.. members.Select(m => m.Item)], block, source);
        return pool.Name;
    }

    private static ImmutableArray<Setting> Settings(Endpoint endpoint, int ratio) =>
        ratio == 1 ? [new Setting("address", endpoint.ToString())] : [new Setting("address", endpoint.ToString()), new Setting("ratio", ratio)];

    private static (Item, Endpoint, int)? Member(Conversion conversion, Properties server, Item item)
    {
        var properties = new Properties($"{server.Title} {Conversion.Title(item)}", item.Place, item.Entries, conversion.Report, []);
        var weight = Ratios.Parse(properties.Word("weight") ?? (item["weight"] is null ? "1" : "0"));
        if (item.Words is not [_, var host, var portText, ..] || !Address.TryParse(host, out var address)
            || !ushort.TryParse(portText, NumberStyles.None, CultureInfo.InvariantCulture, out var port) || port == 0)
        {
            properties.LeaveOutAll("it has no address with a port");
            return null;
        }

        if (item["weight"]?.Value is "0")
        {
            properties.LeaveOutAll("its weight is 0: a member that is written takes connections");
            return null;
        }

        foreach (var check in Checkers.Of(item)) properties.Ignore(check.Key);
        properties.LeaveOut("a member that is down takes no new connections, and those it has go on", "inhibit_on_failure");
        properties.LeaveOut("programs are run at changes of roles only, see notify-hook", "notify_up", "notify_down", "smtp_alert");
        properties.LeaveOut(Conversion.NotYet + ": limits of connections", "uthreshold", "lthreshold");
        properties.LeaveOutTheRest();
        return (item, new Endpoint(address, port), weight);
    }

    private static void Monitor(Conversion conversion, Properties server, DraftObject pool, ImmutableArray<Item> members, Item block, string source)
    {
        string? type = null;
        foreach (var check in Checkers.Of(members[0]))
        {
            var (found, loss) = Checkers.Map(check);
            if (found is null || type is not null) server.LeaveOut(check, type is null ? loss! : $"a pool has one monitor, which is of type {type}");
            else if (loss is not null) server.LeaveOut(check, loss);
            type ??= found;
        }

        var first = Checkers.Of(members[0]).Select(c => c.Key).ToList();
        foreach (var other in members.Skip(1).Where(m => !Checkers.Of(m).Select(c => c.Key).SequenceEqual(first)))
            server.LeaveOut(other, "its checkers are others than those of the first: a pool has one monitor for all members");
        if (type is null) return;

        var written = server.Take("delay_loop")?.Value;
        var interval = int.TryParse(written, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds is >= 1 and <= 3600 ? seconds : 60;
        var monitor = conversion.Draft.Monitors.Add(source, block.Place, $"{Conversion.Title(block)} {first[0]}")
            .Set("type", type).Set("interval", $"{interval}s").Set("timeout", $"{Math.Min((3 * interval) + 1, 10_800)}s");
        pool.Set("monitor", monitor.Name, block, isOptional: true);
    }

    /// <summary>What keepalived checks real servers with.</summary>
    private static class Checkers
    {
        public static IEnumerable<Item> Of(Item realServer) =>
            realServer.Entries.Where(e => e.Key is "MISC_CHECK" || e.Key.EndsWith("_CHECK", StringComparison.Ordinal) || e.Key.EndsWith("_GET", StringComparison.Ordinal));

        public static (string? Type, string? Loss) Map(Item check) => check.Key switch
        {
            "TCP_CHECK" => ("tcp", check["connect_port"] is null && check["connect_ip"] is null ? null : "members are probed at their own addresses and ports"),
            "PING_CHECK" => ("icmp", null),
            "HTTP_GET" or "SSL_GET" or "SMTP_CHECK" => ("tcp", "carried over as type tcp, which opens a connection and closes it" + Less),
            "UDP_CHECK" or "DNS_CHECK" => ("icmp", "carried over as type icmp, which sends echo requests" + Less),
            "MISC_CHECK" => (null, Conversion.NotYet + ": monitors that run a program"),
            _ => (null, Conversion.NotYet + ": checkers of this type"),
        };
    }
}
