using System.Collections.Immutable;

namespace ActorMirror.Management.Contracts;

public enum MirrorChannelState
{
    /// <summary>The active cannot reach the next-active, or no one has connected to it.</summary>
    Disconnected,

    /// <summary>One end does not want the other as it is, the reason says why; tried again now and then.</summary>
    Refused,

    /// <summary>Connected; the hello is being exchanged.</summary>
    Connecting,

    /// <summary>The table is being transferred: the copy is not complete.</summary>
    Resync,

    /// <summary>The copy is complete and follows by increments.</summary>
    InSync,

    /// <summary>A queue or a table overflowed; a throttled resync follows.</summary>
    Desync,
}

public enum MirrorDirection
{
    /// <summary>This device is active and sends.</summary>
    Outgoing,

    /// <summary>This device is next-active and applies.</summary>
    Incoming,
}

/// <param name="Ghosts">Connections the mirror had though the active had them no more.</param>
/// <param name="Missing">Connections the mirror had acknowledged and had not.</param>
/// <param name="Wrong">Connections that were not as on the active.</param>
public sealed record RepairReport(long Ghosts, long Missing, long Wrong);

/// <param name="At">When it was given first.</param>
public sealed record MirrorReason(string Text, DateTimeOffset At);

/// <summary>One end of a mirror channel of a traffic group.</summary>
public sealed record MirrorReport
{
    public required string TrafficGroup { get; init; }

    public required MirrorDirection Direction { get; init; }

    public required string Peer { get; init; }

    /// <summary>Which of the traffic group's channels, from 1.</summary>
    public required int Channel { get; init; }

    public required int Port { get; init; }

    /// <summary><c>primary</c> or <c>secondary</c>: over which mirror addresses the channel runs, or ran last; null: it never did.</summary>
    public required string? Path { get; init; }

    /// <summary><c>tls</c> or <c>plain-text</c>; null: it never ran.</summary>
    public required string? Security { get; init; }

    public required MirrorChannelState State { get; init; }

    public required Moment Since { get; init; }

    /// <summary>How often <see cref="State"/> changed since the worker started.</summary>
    public required int Transitions { get; init; }

    /// <summary>Why the channel is in this state; null when there is nothing to explain.</summary>
    public required string? Reason { get; init; }

    /// <summary>The last reason there was for a state, whichever it was; null: none yet.</summary>
    public required MirrorReason? LastReason { get; init; }

    /// <summary>Changes that are not acknowledged (outgoing), or not in the kernel (incoming).</summary>
    public required int LagChanges { get; init; }

    /// <summary>What they take on the wire; null on the mirror: not known there.</summary>
    public required long? LagBytes { get; init; }

    /// <summary>The last change this device's table numbered (outgoing), or received (incoming).</summary>
    public required ulong SequenceAppended { get; init; }

    /// <summary>The last change written to the channel (outgoing), or handed to the kernel (incoming).</summary>
    public required ulong SequenceSent { get; init; }

    /// <summary>The last change acknowledged as applied in the mirror's kernel.</summary>
    public required ulong SequenceAcked { get; init; }

    /// <summary>Age of the oldest change that is not acknowledged, in milliseconds; 0 when there is none.</summary>
    public required double OldestUnackedMs { get; init; }

    /// <summary>Whether the mirror holds everything the active has acknowledged to count.</summary>
    public required bool Complete { get; init; }

    /// <summary>Incoming: how many connections the active has, as it said last; it says so four times a second. Null before it did, and on the active.</summary>
    public int? Owned { get; init; }

    public required int Resyncs { get; init; }

    /// <summary>How often a queue or a table overflowed since this end began.</summary>
    public required int Desyncs { get; init; }

    /// <summary>Sent (outgoing) or received (incoming) since this end began, without what TLS and TCP add.</summary>
    public required long Bytes { get; init; }

    /// <summary>Connections that the mirror does not hold though it was told of them (outgoing), by reason; only reasons there are.</summary>
    public required ImmutableSortedDictionary<string, int> NotHeld { get; init; }

    /// <summary>What comparing the copy with the table found and put right since the mirror took its role.</summary>
    public required RepairReport Repaired { get; init; }
}
