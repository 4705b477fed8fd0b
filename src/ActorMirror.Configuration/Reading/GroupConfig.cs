using System.Collections.Immutable;
using ActorMirror.Domain.Addresses;
using ActorMirror.Domain.Connections;
using ActorMirror.Domain.Devices;
using ActorMirror.Domain.Pools;
using ActorMirror.Domain.VirtualServers;

namespace ActorMirror.Configuration.Reading;

/// <summary>The configuration as written: every value is valid in itself, but nothing is resolved or compared yet.</summary>
internal sealed record GroupConfig
{
    /// <summary>The root object: where things belong that are missing altogether.</summary>
    public required Origin Origin { get; init; }

    public required Located<string>? Device { get; init; }

    public required ImmutableArray<DeviceConfig> Devices { get; init; }

    public required Located<string>? GroupName { get; init; }

    public required LocatedList<string> Members { get; init; }

    public required ImmutableArray<VlanConfig> Vlans { get; init; }

    public required ImmutableArray<SelfIpConfig> SelfIps { get; init; }

    public required ImmutableArray<TrafficGroupConfig> TrafficGroups { get; init; }

    public required ImmutableArray<VirtualAddressConfig> VirtualAddresses { get; init; }

    public required ImmutableArray<MonitorConfig> Monitors { get; init; }

    public required ImmutableArray<PoolConfig> Pools { get; init; }

    public required ImmutableArray<VirtualServerConfig> VirtualServers { get; init; }

    public required ImmutableArray<SnatConfig> Snats { get; init; }

    public required ImmutableArray<SnatPoolConfig> SnatPools { get; init; }

    public required ClusterConfig Cluster { get; init; }

    public required Located<string>? Namespace { get; init; }

    public required Located<OnUnknown>? OnUnknown { get; init; }

    public required MirroringConfig Mirroring { get; init; }

    public required ManagementConfig Management { get; init; }

    public required Located<string>? NotifyHook { get; init; }
}

/// <summary>Something that has a name and a place.</summary>
internal interface INamed
{
    string Name { get; }

    Origin Origin { get; }
}

internal sealed record DeviceConfig(
    string Name, Origin Origin, Located<int>? Id, Located<Address>? Management, Located<Address>? Mirror, Located<Address>? MirrorSecondary,
    LocatedList<Address> ClusterLinks) : INamed
{
    /// <summary>All that is given.</summary>
    public IEnumerable<Located<Address>> Addresses => new[] { Management, Mirror, MirrorSecondary }.OfType<Located<Address>>().Concat(ClusterLinks.Items);
}

internal sealed record VlanConfig(string Name, Origin Origin, Located<string>? Interface) : INamed;

internal sealed record SelfIpConfig(
    string Name, Origin Origin, Located<Prefix>? Address, Located<string>? Vlan, Located<string>? TrafficGroup, Located<string>? Device) : INamed;

internal sealed record TrafficGroupConfig(string Name, Origin Origin, LocatedList<string> HaOrder) : INamed;

internal sealed record VirtualAddressConfig(
    string Name, Origin Origin, Located<Address>? Address, Located<string>? TrafficGroup, Located<string>? Vlan, Located<bool>? IcmpEcho) : INamed;

internal sealed record MonitorConfig(string Name, Origin Origin, Located<MonitorType>? Type, Located<TimeSpan>? Interval, Located<TimeSpan>? Timeout) : INamed;

internal sealed record PoolConfig(
    string Name, Origin Origin, ImmutableArray<PoolMemberConfig> Members, Located<LoadBalancing>? LoadBalancing, Located<string>? Monitor) : INamed;

internal sealed record PoolMemberConfig(Located<Endpoint>? Address, Located<int>? Ratio);

/// <param name="IsForwarding">Its type: forwarding, or fast-l4.</param>
/// <param name="Protocol">Null within: any.</param>
/// <param name="WaitsForMirror">Its guarantee: sync.</param>
internal sealed record VirtualServerConfig(
    string Name,
    Origin Origin,
    Located<Destination>? Destination,
    Located<string>? Vlan,
    LocatedList<string> Vlans,
    Located<TransportProtocol?>? Protocol,
    Located<bool>? IsForwarding,
    Located<string>? Pool,
    Located<MirrorChoice>? Mirror,
    Located<bool>? WaitsForMirror,
    Located<TranslationConfig>? Snat,
    Located<string>? TrafficGroup,
    Located<TimeSpan>? IdleTimeout,
    Located<VirtualServerProfile>? Profile) : INamed
{
    /// <summary>The virtual address; null where it takes what passes through: it forwards, or listens on a network.</summary>
    public Located<Address>? Address =>
        Destination is { Value.IsHost: true } d && IsForwarding is not { Value: true } ? new Located<Address>(d.Value.Address, d.Origin) : null;

    public IEnumerable<Located<string>> AllVlans => Vlan is null ? Vlans.Items : Vlans.Items.Insert(0, Vlan);
}

/// <summary>Where translation addresses come from.</summary>
internal enum SnatMode
{
    None,
    Automap,
    Address,
    Pool,
}

/// <param name="Address">Of <see cref="SnatMode.Address"/>.</param>
/// <param name="Pool">Name of the SNAT pool of <see cref="SnatMode.Pool"/>.</param>
internal sealed record TranslationConfig(SnatMode Mode, Address? Address = null, string? Pool = null)
{
    public static readonly TranslationConfig None = new(SnatMode.None);
    public static readonly TranslationConfig Automap = new(SnatMode.Automap);
}

internal sealed record SnatPoolConfig(string Name, Origin Origin, LocatedList<Address> Members) : INamed;

internal sealed record SnatConfig(
    string Name,
    Origin Origin,
    LocatedList<Prefix> Origins,
    LocatedList<string> Vlans,
    Located<TranslationConfig>? Translation,
    Located<MirrorChoice>? Mirror,
    Located<string>? TrafficGroup,
    Located<TimeSpan>? IdleTimeout,
    Located<TimeSpan>? UdpIdleTimeout) : INamed;

internal sealed record ClusterConfig(
    Origin Origin,
    Located<ClusterEngineKind>? Engine,
    Located<TimeSpan>? Token,
    Located<TimeSpan>? Consensus,
    Located<TimeSpan>? Join,
    Located<TimeSpan>? Lease,
    Located<TimeSpan>? Heartbeat,
    Located<string>? KeyFile,
    Located<bool>? AllowUnsafePair,
    Located<int>? FlapMost,
    Located<TimeSpan>? FlapWithin);

internal sealed record MirroringConfig(
    Located<int>? FirstPort,
    Located<int>? LastPort,
    Located<int>? Channels,
    Located<int>? MaximumConnections,
    Located<long>? ResyncRate,
    Located<int>? ResyncCpu,
    Located<TimeSpan>? ReconcilePeriod,
    Located<bool>? PlainText,
    Located<PlatformPolicy>? PlatformPolicy);

internal sealed record ManagementConfig(
    Located<ApiListener>? Listen,
    Located<int>? Port,
    Located<bool>? ReadWithoutToken,
    LocatedList<string> HostNames,
    Located<bool>? Tls,
    Located<string>? Certificate,
    Located<string>? Key);
