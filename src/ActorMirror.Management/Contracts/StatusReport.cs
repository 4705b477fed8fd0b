using System.Collections.Immutable;

namespace ActorMirror.Management.Contracts;

/// <summary>A moment on both clocks: the monotonic one to compute with (CLOCK_MONOTONIC, ns), the wall clock to read.</summary>
public sealed record Moment(long MonotonicNs, DateTimeOffset Wall);

/// <summary>Whether the device takes part in decisions.</summary>
public enum Membership
{
    /// <summary>No engine, or no quorum: no roles.</summary>
    Outside,

    /// <summary>In a quorate ring, waiting for the replicated state.</summary>
    Joining,

    /// <summary>It holds the replicated state and may have roles.</summary>
    Synced,
}

/// <summary>Answer to <c>GET /api/v1/status</c>: what this device knows of itself and the group, measured, as of <see cref="Now"/>.</summary>
public sealed record StatusReport
{
    public required string Device { get; init; }

    public required int DeviceId { get; init; }

    /// <summary>Name of the device group.</summary>
    public required string Group { get; init; }

    /// <summary>corosync or standalone.</summary>
    public required string Engine { get; init; }

    /// <summary>The ring the device is in, as representative.sequence; null outside of any.</summary>
    public required string? Ring { get; init; }

    public required bool Quorate { get; init; }

    public required Membership Membership { get; init; }

    /// <summary>Names of the devices whose workers are in the view, in the order of their ids.</summary>
    public required ImmutableArray<string> Members { get; init; }

    /// <summary>True for two devices without an arbiter: a cut between them can make both active.</summary>
    public required bool UnsafePair { get; init; }

    public required Moment Now { get; init; }

    public required Moment StartedAt { get; init; }

    public required ImmutableArray<TrafficGroupReport> TrafficGroups { get; init; }

    /// <summary>Those to each other device; empty for a standalone device.</summary>
    public required ImmutableArray<ClusterLinkReport> ClusterLinks { get; init; }

    public required ImmutableArray<AlarmReport> Alarms { get; init; }

    /// <summary>State of the journal: ok, or what is wrong with it. Traffic does not depend on it.</summary>
    public required string Journal { get; init; }
}

/// <summary>Something an operator should act on; it disappears when the cause does.</summary>
/// <param name="Id">Stable name of the kind of alarm, kebab-case, e.g. <c>address-conflict</c>.</param>
/// <param name="Object">What it is about: a traffic group, a device, a VLAN; null for the device itself.</param>
/// <param name="Remedy">What to do about it.</param>
public sealed record AlarmReport(string Id, string? Object, string Text, string Remedy, Moment Since);
