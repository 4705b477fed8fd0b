using ActorMirror.Domain.Connections;
using ActorMirror.Domain.MirrorProtocol;

namespace ActorMirror.MirrorChannel;

/// <summary>The owner of a mirror's table, as its receiver calls it.</summary>
public interface IMirrorReceiverOwner
{
    /// <summary>
    /// Hands a batch over; the order of the calls is the order of the stream. Completes when the owner has it in its mailbox, and is answered later
    /// by <see cref="MirrorReceiver.Applied"/>, once the kernel took it: until then the batch belongs to the owner. At most
    /// <see cref="MirrorLimits.BatchesInHand"/> batches are unanswered at a time. Throwing means that it was not taken: the copy is given up.
    /// </summary>
    ValueTask ApplyAsync(MirrorReceiver receiver, MirrorBatch batch);

    /// <summary>
    /// Hands over the active's digest, which is of the place behind the last batch. Answered later by <see cref="MirrorReceiver.Compared"/>; until then
    /// no other is handed over.
    /// </summary>
    ValueTask CompareAsync(MirrorReceiver receiver, StreamId stream, TableDigest digest);

    /// <summary>Under the receiver's lock: must not block and must not call back.</summary>
    void StateChanged(MirrorReceiver receiver, ChannelStatus status);
}
