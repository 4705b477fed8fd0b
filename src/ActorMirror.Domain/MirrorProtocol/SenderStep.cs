namespace ActorMirror.Domain.MirrorProtocol;

/// <summary>What the active's end of a channel is to do next.</summary>
public enum SenderStep
{
    /// <summary>Nothing before the time given, unless something happens.</summary>
    Wait,

    /// <summary>Changes are to be sent: <see cref="OutgoingStream.TakeBatch"/>.</summary>
    SendBatch,
    SendPing,

    /// <summary>The mirror is to hear how many connections there are: <see cref="OutgoingStream.TakeAccount"/>.</summary>
    SendAccount,

    /// <summary>The retractions that arrived are to be confirmed: <see cref="OutgoingStream.TakeConfirmation"/>.</summary>
    ConfirmRetractions,

    /// <summary>The table's owner is to begin a snapshot: <see cref="OutgoingStream.TakeSnapshotRequest"/>.</summary>
    RequestSnapshot,

    /// <summary>The owner is to give the next chunk of the snapshot or repair: <see cref="OutgoingStream.TakeChunkRequest"/>.</summary>
    RequestChunk,

    /// <summary>The owner is to give its table's digest: <see cref="OutgoingStream.TakeDigestRequest"/>.</summary>
    RequestDigest,

    /// <summary>What is before it was sent: <see cref="OutgoingStream.TakeDigest"/>.</summary>
    SendDigest,

    /// <summary>The owner is to begin a repair: <see cref="OutgoingStream.TakeRepairRequest"/>.</summary>
    RequestRepair,
}

/// <summary>A snapshot the table's owner is asked for; an answer to an older request is not taken.</summary>
/// <param name="SameCopy">The mirror still has what it acknowledged.</param>
/// <param name="Room">How many connections the mirror can hold.</param>
public readonly record struct SnapshotRequest(long Number, bool SameCopy, int Room);
