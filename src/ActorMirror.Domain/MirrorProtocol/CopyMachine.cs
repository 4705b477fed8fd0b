namespace ActorMirror.Domain.MirrorProtocol;

/// <summary>Whether the mirror's table is, or is becoming, the active's. Independent of the link: a short break keeps it.</summary>
public enum CopyState
{
    /// <summary>Changes were left out, or there is no copy: only a snapshot helps.</summary>
    Desynced,

    /// <summary>A snapshot is on its way, live changes between its parts.</summary>
    Resyncing,

    /// <summary>The mirror follows; what is not acknowledged yet is on its way.</summary>
    InSync,
}

public enum CopyEvent
{
    /// <summary>The mirror has no copy of this stream that could be continued.</summary>
    Lost,

    /// <summary>The mirror is slower than the changes: the bounded backlog is full.</summary>
    Overflowed,
    SnapshotBegun,

    /// <summary>The end of the snapshot is applied in the mirror's kernel.</summary>
    SnapshotApplied,
}

/// <summary>
/// The copy as either end knows it.
/// <code>
///            SnapshotBegun              SnapshotApplied
/// Desynced ----------------> Resyncing -----------------> InSync
///   ^  ^                      |     ^                      |  |
///   |  `-- Lost, Overflowed --'     `--- SnapshotBegun ----'  |
///   `------------------ Lost, Overflowed ---------------------'
/// </code>
/// </summary>
public static class CopyMachine
{
    public static CopyState Next(CopyState state, CopyEvent happened) => (state, happened) switch
    {
        (_, CopyEvent.Lost or CopyEvent.Overflowed) => CopyState.Desynced,
        (_, CopyEvent.SnapshotBegun) => CopyState.Resyncing,
        (CopyState.Resyncing or CopyState.InSync, CopyEvent.SnapshotApplied) => CopyState.InSync,
        (CopyState.Desynced, CopyEvent.SnapshotApplied) => CopyState.Desynced, // the end of a snapshot that was given up meanwhile
        _ => throw new ArgumentOutOfRangeException(nameof(happened), happened, "no such event"),
    };
}
