using ActorMirror.Domain.MirrorProtocol;

namespace ActorMirror.MirrorChannel;

/// <summary>
/// The owner of an active table, as its sender calls it: one call at a time, under the sender's lock. Must not block and must not
/// call back into the sender: an actor turns each call into a message. The sender is named so that the messages of a former one
/// can be told apart.
/// </summary>
public interface IMirrorSenderOwner
{
    /// <summary>The mirror needs a snapshot: begin one with <see cref="MirrorSender.TryBeginSnapshot"/>.</summary>
    void SnapshotWanted(MirrorSender sender, SnapshotRequest request);

    /// <summary>There is room for the next chunk of up to <paramref name="limit"/> elements: <see cref="MirrorSender.TryAppendChunk"/>.</summary>
    void SnapshotChunkWanted(MirrorSender sender, long request, int limit);

    /// <summary>Everything up to this change is in the mirror's kernel.</summary>
    void Acknowledged(MirrorSender sender, long sequence);

    /// <param name="retractions">Valid during the call only.</param>
    void Retracted(MirrorSender sender, ReadOnlySpan<Retraction> retractions);

    void StateChanged(MirrorSender sender, ChannelStatus status);
}
