using ActorMirror.Domain.Connections;

namespace ActorMirror.Domain.MirrorProtocol;

/// <summary>Why the mirror does not hold a connection it was told of.</summary>
public enum RetractionReason : byte
{
    /// <summary>The kernel refused the entry: one of its tuples is taken (EEXIST).</summary>
    TupleTaken = 1,

    /// <summary>The kernel's table is full (ENOMEM, ENFILE).</summary>
    KernelTableFull = 2,

    /// <summary>The mirror's own table is at its limit.</summary>
    MirrorTableFull = 3,

    /// <summary>The entry was there and disappeared: flushed, dropped early, expired.</summary>
    Vanished = 4,

    /// <summary>The kernel refused the entry for another cause.</summary>
    KernelRefused = 5,
}

/// <summary>An acknowledgement taken back, or never given, for one connection.</summary>
/// <param name="Sequence">The last change of that connection the mirror had seen; a later change stands on its own.</param>
public readonly record struct Retraction(FlowKey Key, long Sequence, RetractionReason Reason);
