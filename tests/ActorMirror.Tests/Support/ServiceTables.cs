using System.Collections.Immutable;
using ActorMirror.Configuration;
using ActorMirror.DataPlane.FastL4;
using ActorMirror.Domain.Cluster;
using ActorMirror.Domain.Devices;
using ActorMirror.Domain.TrafficGroups;

namespace ActorMirror.Tests.Support;

/// <summary>A configuration with the numbers that a cluster would give it.</summary>
internal static class ServiceTables
{
    /// <param name="file">A file without errors.</param>
    /// <param name="device">In place of the file's own.</param>
    public static ServiceTable Load(string file, string? device = null) => Of(ConfigurationLoader.Load(file, device).Model!);

    public static ServiceTable Of(DeviceGroupModel model)
    {
        var declared = Declaration.From(model, Epoch.None, [], []);
        var groups = declared.Groups.Select((g, i) => new GroupState { Name = g.Name, Number = i + 1, Port = 1029 + i, HaOrder = g.HaOrder, Vlans = g.Vlans, FlapLimit = g.FlapLimit });
        return ServiceTable.TryCreate(model, ClusterState.Empty with
        {
            Groups = ClusterState.Empty.Groups.AddRange(groups.Select(g => KeyValuePair.Create(g.Name, g))),
            VirtualServers = Numbered(declared.VirtualServers),
            PoolMembers = Numbered(declared.PoolMembers),
        })!;
    }

    private static Numbering Numbered(IEnumerable<string> names) =>
        new(names.Select((name, i) => KeyValuePair.Create(name, i + 1)).ToImmutableSortedDictionary(StringComparer.Ordinal));
}
