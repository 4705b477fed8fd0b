using System.Collections.Immutable;
using ActorMirror.Domain.Cluster;
using ActorMirror.Domain.TrafficGroups;

namespace ActorMirror.Journal;

/// <summary>
/// What outlives a restart of the daemon. Losing it never stops traffic: everything is written behind the back of its caller, and what
/// goes wrong is told by <see cref="Status"/>.
/// </summary>
public interface IJournal : IAsyncDisposable
{
    /// <summary>As read at the start: the highest epoch of every traffic group; empty when there was nothing to read.</summary>
    ImmutableDictionary<string, Epoch> HighestEpochs { get; }

    /// <summary>As read at the start: which devices an operator took out or released, by their ids; empty when there was nothing to read.</summary>
    ImmutableArray<OfflineWord> Offline { get; }

    JournalStatus Status { get; }

    /// <summary>Records an epoch that was seen; a lower one than before is ignored. Never waits, never throws.</summary>
    void Saw(string group, Epoch epoch);

    void Record(ForcedStandby decision);

    /// <summary>A word about a device; one that is older than that in the journal is ignored.</summary>
    void Record(OfflineWord word);

    void Record(Failover failover);

    /// <summary>Never waits, never throws.</summary>
    void Record(Audit change);

    /// <summary>The latest changes and what was refused, newest first; empty when the journal cannot be read.</summary>
    Task<ImmutableArray<Audit>> AuditsAsync(int limit, CancellationToken cancellation);

    /// <summary>The latest failovers, newest first; empty when the journal cannot be read.</summary>
    Task<ImmutableArray<Failover>> FailoversAsync(int limit, CancellationToken cancellation);

    /// <summary>Waits until everything recorded so far is written or given up.</summary>
    Task FlushAsync(CancellationToken cancellation);
}

public enum JournalHealth
{
    Ok,

    /// <summary>It works, but something was lost: see the text.</summary>
    Degraded,

    /// <summary>Nothing is written.</summary>
    Unavailable,
}

/// <param name="Text">One sentence for the operator.</param>
/// <param name="Dropped">Records given up because the queue was full or they could not be written.</param>
public sealed record JournalStatus(JournalHealth Health, string Text, long Dropped);

/// <summary>An operator moved a traffic group.</summary>
/// <param name="To">Null: to the next-active.</param>
public sealed record ForcedStandby(string Group, string Requester, string? To, DateTimeOffset At);

/// <summary>A traffic group moved.</summary>
/// <param name="From">Null at the first placement.</param>
/// <param name="Reason">Kebab-case name of the <see cref="MoveReason"/>.</param>
/// <param name="DetectionMs">Null when nothing failed or the new active did not report.</param>
/// <param name="Loss">Null at the first placement, and while the new active has not reported.</param>
public sealed record Failover(
    string Group, Epoch Epoch, string? From, string To, string Reason, double? DetectionMs, double? PromotionMs, int Owned, int Protected, DateTimeOffset At,
    LossReport? Loss = null);
