using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace ActorMirror.Lab.Scenarios;

/// <summary>One step. Exactly one of the verbs (the first group) is given.</summary>
internal sealed record Step
{
    /// <summary>Starts the daemons of these devices.</summary>
    public ImmutableArray<string>? Start { get; init; }

    /// <summary>Stops the daemon of a device in order (SIGTERM).</summary>
    public string? Stop { get; init; }

    public Condition? WaitUntil { get; init; }

    public FaultKind? Fault { get; init; }

    /// <summary>Opens these flows of the traffic section.</summary>
    public ImmutableArray<string>? Open { get; init; }

    /// <summary>Runs a command of the commands section.</summary>
    public string? Run { get; init; }

    /// <summary>Ends a command that runs in the background.</summary>
    public string? End { get; init; }

    /// <summary>Moves traffic groups (planned) until each is active on another device.</summary>
    public bool? SpreadGroups { get; init; }

    /// <summary>Time passes: for what has no sign to wait for.</summary>
    public TimeSpan? Pause { get; init; }

    // Further words of a fault:

    /// <summary>A device's name, <c>active(GROUP)</c>, <c>next-active(GROUP)</c> or <c>standby</c>; without it, the device of the fault before.</summary>
    public string? Device { get; init; }

    /// <summary>force-standby: which group, and where to.</summary>
    public string? TrafficGroup { get; init; }

    public string? To { get; init; }

    /// <summary>kill-actor: whose, and at which message.</summary>
    public string? Actor { get; init; }

    public string? Message { get; init; }

    /// <summary>Whether the groups that are active on the device must become active elsewhere.</summary>
    public bool Moves { get; init; }

    /// <summary>Measured faults have a row in the report; others only happen.</summary>
    public bool Measured { get; init; } = true;

    /// <summary>How long a fault that moves nothing is watched.</summary>
    public TimeSpan Observe { get; init; } = TimeSpan.FromSeconds(1.5);

    public Expectation? Expect { get; init; }

    /// <summary>Patience of wait-until, and of a fault's recovery.</summary>
    public TimeSpan Within { get; init; } = TimeSpan.FromSeconds(30);

    [JsonIgnore]
    public IReadOnlyList<string> Verbs =>
    [
        .. new (string Name, bool Given)[]
        {
            ("start", Start is not null), ("stop", Stop is not null), ("wait-until", WaitUntil is not null), ("fault", Fault is not null),
            ("open", Open is not null), ("run", Run is not null), ("end", End is not null), ("spread-groups", SpreadGroups is not null),
            ("pause", Pause is not null),
        }.Where(v => v.Given).Select(v => v.Name),
    ];
}

internal enum Condition
{
    /// <summary>Every started device is in the quorate view; every group has one active and one next-active whose copy is complete.</summary>
    Ready,

    /// <summary>Ready, and the mirror has acknowledged every mirrored connection.</summary>
    Protected,

    /// <summary>All flows that were asked for are open.</summary>
    Flowing,
}

internal enum FaultKind
{
    /// <summary>SIGKILL of the worker.</summary>
    KillDaemon,

    /// <summary>SIGKILL of supervisor and worker.</summary>
    KillSupervisor,

    /// <summary>An actor fails, through a command of daemons started with <c>--allow-faults</c>.</summary>
    KillActor,

    /// <summary>Links down, every process killed, the namespaces deleted.</summary>
    KillDevice,

    /// <summary>SIGSTOP of the worker.</summary>
    FreezeDaemon,

    /// <summary>SIGSTOP of every process of the device.</summary>
    FreezeDevice,

    /// <summary>SIGCONT of every process of the device.</summary>
    Resume,

    /// <summary>All links lose their carrier.</summary>
    CutLinks,
    CutMirror,
    CutExternal,

    /// <summary>The first cluster link (the management segment).</summary>
    CutOneClusterLink,

    /// <summary>Nothing passes between the device and the others on mirror and cluster links, the carriers stay; clients still reach it.</summary>
    Partition,

    /// <summary>All links of the device as they were.</summary>
    Heal,

    /// <summary>A planned handover.</summary>
    ForceStandby,

    /// <summary>The connection table of the device's data plane is emptied.</summary>
    ConntrackFlush,

    /// <summary>The daemon is started again; after kill-device in a new, empty namespace.</summary>
    RestartDevice,
}

/// <summary>What must hold of a measured fault. What is left out is not asked for.</summary>
internal sealed record Expectation
{
    /// <summary>Eligible connections that may be lost.</summary>
    public int? MaxLost { get; init; }

    /// <summary>Percent of the eligible connections that must have been protected when the fault came.</summary>
    public double? MinProtectedPercent { get; init; }

    public TimeSpan? MaxTcpGapMedian { get; init; }

    public TimeSpan? MaxUdpGapMedian { get; init; }

    public TimeSpan? MaxGap { get; init; }

    public long? MaxUdpLost { get; init; }

    /// <summary>Connections that are not mirrored and whose group moved must see a reset this soon.</summary>
    public TimeSpan? ResetUnmirroredWithin { get; init; }
}
