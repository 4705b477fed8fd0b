using System.Collections.Immutable;
using ActorMirror.Domain.Addresses;
using ActorMirror.Domain.Pools;
using ActorMirror.Domain.TrafficGroups;
using ActorMirror.Domain.VirtualServers;

namespace ActorMirror.Domain.Devices;

/// <summary>The validated, immutable model of a device group, as one device sees it. Configuration builds it; everything else reads it.</summary>
public sealed record DeviceGroupModel
{
    public required string GroupName { get; init; }

    /// <summary>The device this process runs on.</summary>
    public required Device Self { get; init; }

    /// <summary>The members of the device group, by id.</summary>
    public required ImmutableArray<Device> Devices { get; init; }

    public required ImmutableArray<Vlan> Vlans { get; init; }

    public required ImmutableArray<SelfIp> SelfIps { get; init; }

    public required ImmutableArray<TrafficGroup> TrafficGroups { get; init; }

    public required ImmutableArray<VirtualAddress> VirtualAddresses { get; init; }

    public required ImmutableArray<VirtualServer> VirtualServers { get; init; }

    public ImmutableArray<Snat> Snats { get; init; } = [];

    public required ImmutableArray<Pool> Pools { get; init; }

    public ImmutableArray<HaGroup> HaGroups { get; init; } = [];

    public required ClusterSettings Cluster { get; init; }

    public required DataPlaneSettings DataPlane { get; init; }

    public required MirroringSettings Mirroring { get; init; }

    public ManagementSettings Management { get; init; } = ManagementSettings.Default;

    /// <summary>Executable told group, role and epoch of each role change; null for none.</summary>
    public string? NotifyHook { get; init; }

    /// <summary>
    /// Two devices cannot tell a dead peer from a cut network: both may become active. A third member that no HA order names is the arbiter they lack.
    /// </summary>
    public bool IsUnsafePair => Cluster.Engine == ClusterEngineKind.Corosync && Devices.Length == 2;

    /// <summary>VLANs of the data plane with an IPv6 address of ours, floating or not.</summary>
    public ImmutableArray<Vlan> Ipv6Vlans =>
    [
        .. SelfIps.Where(s => !s.Address.Address.IsV4).Select(s => s.Vlan)
            .Concat(VirtualAddresses.Where(a => !a.Address.IsV4).Select(a => a.Vlan))
            .Distinct(),
    ];

    /// <summary>Virtual servers, then SNATs.</summary>
    public IEnumerable<Listener> Listeners => [.. VirtualServers, .. Snats];

    /// <summary>Whether control connections of FTP are read.</summary>
    public bool HasFtp => VirtualServers.Any(v => v.Profile == VirtualServerProfile.Ftp);

    public Device Device(DeviceId id) => Devices.Single(d => d.Id == id);

    /// <summary>For people, also of a device that only others' configuration has.</summary>
    public string NameOf(DeviceId id) => Devices.FirstOrDefault(d => d.Id == id)?.Name ?? $"#{id}";
}

public enum ClusterEngineKind
{
    Corosync,
    Standalone,
}

/// <summary>
/// Timing of failure detection and lease. Detection of a lost device takes token + consensus; every such fault silences innocent
/// devices as long, so a lease must outlast it, and a promoter waits until the lost device's lease is over for certain.
/// </summary>
/// <param name="Token">Totem token timeout.</param>
/// <param name="Consensus">Totem consensus timeout, at least 1.2 · token.</param>
/// <param name="Join">Totem join timeout.</param>
/// <param name="Lease">Forwarding ends this long after the last heartbeat that came back; greater than token + consensus.</param>
/// <param name="Heartbeat">Interval of the ordered heartbeats that renew the lease.</param>
/// <param name="KeyFile">corosync's authkey, 128 to 4096 bytes; null: none, the ring is not encrypted (only for a test).</param>
/// <param name="AllowUnsafePair">Two devices without an arbiter start only with this.</param>
/// <param name="Flap">When a traffic group moves too often.</param>
public sealed record ClusterSettings(
    ClusterEngineKind Engine,
    TimeSpan Token,
    TimeSpan Consensus,
    TimeSpan Join,
    TimeSpan Lease,
    TimeSpan Heartbeat,
    string? KeyFile,
    bool AllowUnsafePair,
    FlapSettings Flap)
{
    /// <summary>Scores of HA groups count when none has changed for so long; a score that rises is told after as long.</summary>
    public TimeSpan ScoreDamping { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// How long a promoter still waits for a device that was lost without a word. Its lease began with the sending of a heartbeat of its
    /// own that came back to it; this device heard that heartbeat too, or the one before: 60 ms cover the interval, a token hold and
    /// clocks that tick in milliseconds.
    /// </summary>
    /// <param name="silence">Since this device heard it last; null: not in a ring they shared, so its lease may have begun just now.</param>
    public TimeSpan GuardAfter(TimeSpan? silence)
    {
        var whole = Lease + TimeSpan.FromMilliseconds(60);
        var left = whole - (silence ?? TimeSpan.Zero);
        return left > TimeSpan.Zero ? left : TimeSpan.Zero;
    }
}

/// <param name="Most">So many moves of a traffic group that failures made...</param>
/// <param name="Within">...in this time hold it where it is.</param>
public readonly record struct FlapSettings(int Most, TimeSpan Within);

/// <summary>What an active answers to a TCP segment of no known connection to one of its virtual servers.</summary>
public enum OnUnknown
{
    Reset,
    Drop,
}

/// <param name="Namespace">Name of the data plane's network namespace; null: the host's own.</param>
/// <param name="MaximumRecords">Room for persistence records per traffic group.</param>
public sealed record DataPlaneSettings(string? Namespace, OnUnknown OnUnknown, int MaximumRecords = 262_144);

/// <summary>Who may mirror whom.</summary>
public enum PlatformPolicy
{
    /// <summary>Whoever speaks a common version of the protocol.</summary>
    Compatible,

    /// <summary>Only devices with the same product version, kernel and machine.</summary>
    Identical,
}

/// <param name="FirstPort">First TCP port of mirror channels; those of a traffic group have ports side by side, up to <paramref name="LastPort"/>.</param>
/// <param name="MaximumConnections">Room for mirrored connections per traffic group.</param>
/// <param name="ResyncRate">Bytes per second a resync may use; 0 for no limit.</param>
/// <param name="ResyncCpu">Percent of its time a resync may keep each end at work; 100 for no pauses.</param>
/// <param name="ReconcilePeriod">From one comparison of a table with its copy to the next.</param>
/// <param name="PlainText">Channels without TLS: whoever reaches the mirror segment is believed.</param>
/// <param name="ChannelsPerTrafficGroup">Over so many channels the connections of each traffic group are mirrored.</param>
public sealed record MirroringSettings(
    int FirstPort,
    int LastPort,
    int MaximumConnections,
    long ResyncRate,
    int ResyncCpu,
    TimeSpan ReconcilePeriod,
    bool PlainText,
    PlatformPolicy PlatformPolicy = PlatformPolicy.Compatible,
    int ChannelsPerTrafficGroup = 1);
