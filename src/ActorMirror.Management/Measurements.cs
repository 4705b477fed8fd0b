using System.Collections.Immutable;

namespace ActorMirror.Management;

/// <summary>What is counted on this device beside its reports, for metrics. Counters begin anew with the worker.</summary>
public sealed record Measurements
{
    public required EventCounts Events { get; init; }

    /// <summary>The data plane's connection table; null: the kernel was not asked or did not answer.</summary>
    public required TableFill? KernelTable { get; init; }

    /// <summary>How long the lease is valid from now on, in seconds; 0: there is none.</summary>
    public required double LeaseRemaining { get; init; }

    /// <summary>How long a renewed lease is valid, in seconds.</summary>
    public required double LeaseDuration { get; init; }

    public required ImmutableArray<ActorMeasure> Actors { get; init; }

    public required ImmutableArray<FailoverCount> Failovers { get; init; }

    /// <summary>Records the journal gave up.</summary>
    public required long JournalDropped { get; init; }

    public required bool JournalIsWell { get; init; }
}

/// <summary>Events of the kernel's connection table that carry our mark.</summary>
/// <param name="Heard">Read and handed over.</param>
/// <param name="Batches">In so many batches, each for one table.</param>
/// <param name="Refused">Batches a table had no room for; its copy in the kernel is compared.</param>
/// <param name="Overflows">How often the kernel had no room and lost some.</param>
public readonly record struct EventCounts(long Heard, long Batches, long Refused, long Overflows);

public readonly record struct TableFill(long Entries, long Maximum);

/// <param name="Waiting">Messages in its mailbox.</param>
/// <param name="Restarts">How often it failed.</param>
public readonly record struct ActorMeasure(string Name, int Waiting, int Restarts);

/// <summary>Moves of a traffic group that this device heard of.</summary>
/// <param name="Reason">Kebab-case.</param>
/// <param name="Resumed">Connections that went on, as the new actives reported.</param>
/// <param name="Lost">Connections that did not.</param>
public readonly record struct FailoverCount(string TrafficGroup, string Reason, long Moves, long Resumed, long Lost);
