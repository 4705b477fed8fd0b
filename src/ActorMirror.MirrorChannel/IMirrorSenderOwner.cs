using ActorMirror.Domain.MirrorProtocol;

namespace ActorMirror.MirrorChannel;

/// <summary>
/// The owner of an active table, as its sender calls it: one call at a time, under the sender's lock. Must not block and must not
/// call back into the sender: an actor turns each call into a message. The sender is named so that the messages of a former one
/// can be told apart. False means that its mailbox is full: it is told again after a keep-alive interval, so that no channel
/// stands still for a lost message.
/// </summary>
public interface IMirrorSenderOwner
{
    /// <summary>The mirror needs a snapshot: begin one with <see cref="MirrorSender.TryBeginSnapshot"/>.</summary>
    bool SnapshotWanted(MirrorSender sender, SnapshotRequest request);

    /// <summary>It is time to compare: give the table's digest with <see cref="MirrorSender.TryAppendDigest"/>.</summary>
    bool DigestWanted(MirrorSender sender);

    /// <summary>The mirror differs in some buckets: begin a repair with <see cref="MirrorSender.TryBeginRepair"/>.</summary>
    bool RepairWanted(MirrorSender sender, RepairRequest request);

    /// <summary>There is room for the next chunk of up to <paramref name="limit"/> elements: <see cref="MirrorSender.TryAppendChunk"/>.</summary>
    bool SnapshotChunkWanted(MirrorSender sender, long request, int limit);

    /// <summary>Everything up to this change is in the mirror's kernel. The latest word stands for all before it: it may be noted, and read later.</summary>
    bool Acknowledged(MirrorSender sender, long sequence);

    /// <param name="retractions">Valid during the call only. When they are not taken, the channel is opened anew: the mirror sends them again.</param>
    bool Retracted(MirrorSender sender, ReadOnlySpan<Retraction> retractions);

    bool StateChanged(MirrorSender sender, ChannelStatus status);
}
