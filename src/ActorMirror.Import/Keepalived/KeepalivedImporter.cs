using System.Collections.Frozen;
using System.Collections.Immutable;
using ActorMirror.Import.Hocon;
using ActorMirror.Import.Reports;
using ActorMirror.Import.Syntax;

namespace ActorMirror.Import.Keepalived;

/// <summary>keepalived.conf of one host to the configuration of its device group. Bad text never throws.</summary>
public static class KeepalivedImporter
{
    public static ImportResult Import(SourceFile file)
    {
        var (report, draft) = (new Report(), new Draft());
        var blocks = KeepalivedReader.Read(file, report);
        var conversion = new Conversion(draft, report, blocks);
        Hosts.Read(conversion);
        Skeleton.Devices(draft, report, conversion.RouterId, "keepalived.conf names peers only as unicast_peer");
        VrrpInstances.Read(conversion);
        VirtualServers.Read(conversion);
        foreach (var block in blocks.Where(b => !Known.Contains(b.Key))) report.LeaveOut(block.Place, Conversion.Title(block), "", WhyNot(block.Key));
        Skeleton.Finish(draft, report);
        var hocon = Refusals.Settle(draft, [$"From {file.Name} by 'amctl import keepalived'."], report);
        return report.Result(hocon, draft.CarriedOver(), [file.Name]);
    }

    private static readonly FrozenSet<string> Known = new[] { "global_defs", "vrrp_instance", "vrrp_sync_group", "virtual_server", "virtual_server_group" }.ToFrozenSet();

    private static string WhyNot(string key) => key switch
    {
        "vrrp_script" or "vrrp_track_file" or "vrrp_track_process" or "track_group" => "not yet supported by this version: conditions of failover; the links of VLANs are watched",
        "static_ipaddress" or "static_routes" or "static_rules" or "linkbeat_interfaces" => "the host's own: configure it there",
        "bfd_instance" => "devices are watched by corosync: cluster.token says how fast",
        _ => "ActorMirror has nothing of the kind",
    };
}

/// <summary>What the readers of the blocks share.</summary>
internal sealed class Conversion
{
    public const string NotYet = "not yet supported by this version";

    private readonly Dictionary<string, string> _groupOfInstance = [];

    public Conversion(Draft draft, Report report, ImmutableArray<Item> blocks)
    {
        (Draft, Report, Blocks) = (draft, report, blocks);
        foreach (var group in blocks.Where(b => b.Key == "vrrp_sync_group"))
        {
            foreach (var instance in Instances(group)) _groupOfInstance.TryAdd(instance, group.Value);
        }

        RouterId = blocks.Where(b => b.Key == "global_defs").Select(b => b["router_id"]?.Value).FirstOrDefault(r => !string.IsNullOrEmpty(r)) ?? "device-1";
    }

    public Draft Draft { get; }

    public Report Report { get; }

    public ImmutableArray<Item> Blocks { get; }

    /// <summary>The name of the host.</summary>
    public string RouterId { get; }

    public static string Title(Item block) => block.Words.Length > 4 ? string.Join(' ', block.Words.Take(4)) : string.Join(' ', block.Words);

    public Properties Open(Item block) => new(Title(block), block.Place, block.Entries, Report, []);

    /// <summary>The traffic group of an instance: instances of one sync group move as one.</summary>
    public string GroupOf(string instance) => _groupOfInstance.GetValueOrDefault(instance, instance);

    /// <summary>Names in a sync group: <c>group { VI_1 VI_2 }</c>, or directly in it as old files have them.</summary>
    public static IEnumerable<string> Instances(Item group) =>
        (group["group"]?.Entries.SelectMany(e => e.Words) ?? []).Concat(group.Entries.Where(e => e is { Words.Length: 1, Entries.IsEmpty: true }).Select(e => e.Key));
}
