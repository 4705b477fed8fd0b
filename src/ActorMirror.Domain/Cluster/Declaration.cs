using System.Collections.Immutable;
using ActorMirror.Domain.Devices;
using ActorMirror.Domain.Pools;
using ActorMirror.Domain.TrafficGroups;
using ActorMirror.Domain.VirtualServers;

namespace ActorMirror.Domain.Cluster;

/// <summary>What placement must know of a traffic group.</summary>
/// <param name="Vlans">The VLANs the group's addresses live on: a device that lost one of them is less fit to be active.</param>
/// <param name="FlapLimit">See <see cref="FlapRule"/>; 1 or more.</param>
public sealed record GroupDeclaration(string Name, ImmutableArray<DeviceId> HaOrder, ImmutableArray<string> Vlans, int FlapLimit)
{
    public FailoverPolicy Policy { get; init; } = FailoverPolicy.Default;
}

/// <summary>How many mirror channels each traffic group is to have, and the TCP ports for them.</summary>
public sealed record ChannelDemand(int FirstPort, int LastPort, int PerGroup);

/// <summary>
/// What a device tells of its configuration when its worker enters the group. Decisions are made from what was declared in total order,
/// never from a device's own files: devices with different files still decide alike.
/// </summary>
/// <param name="ConfigurationDigest">Equal on devices with equal configuration; a difference is shown, it does not stop failover.</param>
/// <param name="HighestEpoch">The highest epoch in the device's journal; <see cref="Epoch.None"/> when it has none.</param>
/// <param name="VirtualServers">Keys of virtual servers and SNATs, to be numbered: see <see cref="Listener.Key"/>.</param>
/// <param name="PoolMembers">Keys to be numbered, see <see cref="MemberKey"/>.</param>
/// <param name="Revoked">Certificates the device knows to be revoked: it remembers them when every device was off.</param>
public sealed record Declaration(
    ulong ConfigurationDigest,
    Epoch HighestEpoch,
    ImmutableArray<GroupDeclaration> Groups,
    ImmutableArray<string> VirtualServers,
    ImmutableArray<string> PoolMembers,
    ImmutableArray<string> Revoked,
    ChannelDemand Channels)
{
    /// <summary>Of the device itself, 1 to <see cref="DeviceLoad.MostCapacity"/>.</summary>
    public int HaCapacity { get; init; } = DeviceLoad.DefaultCapacity;

    /// <summary>What the device remembers of devices' being offline.</summary>
    public ImmutableArray<OfflineWord> Offline { get; init; } = [];

    /// <summary>Under which name a pool member is numbered: <c>pool/address:port</c>.</summary>
    public static string MemberKey(Pool pool, PoolMember member) => $"{pool.Name}/{member.Endpoint}";

    /// <param name="offline">Of the journal.</param>
    public static Declaration From(DeviceGroupModel model, Epoch highestEpoch, IEnumerable<string> revoked, ImmutableArray<OfflineWord> offline) => new(
        DigestOf(model),
        offline.Select(w => w.At).Append(highestEpoch).Max(),
        [.. model.TrafficGroups.Select(g => new GroupDeclaration(g.Name, g.HaOrder, VlansOf(g, model), model.Cluster.Flap.Most) { Policy = g.Policy })],
        [.. model.Listeners.Select(l => l.Key)],
        [.. model.Pools.SelectMany(p => p.Members.Select(m => MemberKey(p, m))).Distinct(StringComparer.Ordinal)],
        [.. revoked],
        new ChannelDemand(model.Mirroring.FirstPort, model.Mirroring.LastPort, model.Mirroring.ChannelsPerTrafficGroup))
    {
        HaCapacity = model.Self.HaCapacity,
        Offline = offline,
    };

    /// <summary>Over what all devices must agree on; each device's own name and addresses are not part of it.</summary>
    private static ulong DigestOf(DeviceGroupModel model) => Digest.Of(
    [
        .. model.VirtualServers.Select(v => $"{v.Name} {v.Destination} {v.Protocol} {v.Pool?.Name} {v.Mirror} {v.AutomapByVlan} {string.Join(',', v.SnatAddresses)} {v.TrafficGroup} {v.IdleTimeout}{(v.Persistence is { } persistence ? $" {persistence}" : "")}"),
        .. model.Snats.Select(s =>
            $"{s.Key} {string.Join(',', s.Origins)} {string.Join(',', s.Vlans.Select(v => v.Name))} {s.Automap} {string.Join(',', s.Translations)} {s.Mirror} {s.TrafficGroup} {s.IdleTimeout} {s.UdpIdleTimeout}"),
        .. model.Pools.Select(p => $"{p.Name} {p.LoadBalancing} {string.Join(',', p.Members)} {p.Monitor}"),
        .. model.TrafficGroups.Select(g => $"{g.Name} {string.Join(',', g.HaOrder)} {g.Policy}"),
        .. model.Devices.Select(d => $"{d.Id} {d.HaCapacity}"),
        .. model.HaGroups.Select(h => $"{h.Name} {string.Join(',', h.Pools.Select(p => $"{p.Pool.Name} {p.Weight} {p.Threshold}"))} {h.ActiveBonus}"),
        .. model.SelfIps.Where(s => s.IsFloating).Select(s => $"{s.Name} {s.Address} {s.TrafficGroup}"),
        $"{model.Mirroring.ChannelsPerTrafficGroup}",
    ]);

    private static ImmutableArray<string> VlansOf(TrafficGroup group, DeviceGroupModel model) =>
    [
        .. model.VirtualAddresses.Where(a => a.TrafficGroup == group.Name).Select(a => a.Vlan.Name)
            .Concat(model.SelfIps.Where(s => s.TrafficGroup == group.Name).Select(s => s.Vlan.Name))
            .Distinct(StringComparer.Ordinal)
            .Order(StringComparer.Ordinal),
    ];
}
