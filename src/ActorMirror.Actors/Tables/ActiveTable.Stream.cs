using ActorMirror.Domain.MirrorProtocol;
using ActorMirror.MirrorChannel;
using Microsoft.Extensions.Logging;

namespace ActorMirror.Actors.Tables;

/// <content>What the sender of the mirror stream wants of the table, and what it says of the channel.</content>
internal sealed partial class ActiveTable
{
    bool IMirrorSenderOwner.SnapshotWanted(MirrorSender sender, SnapshotRequest request) => Tell(new TableMessage.SnapshotWanted(sender, request));

    bool IMirrorSenderOwner.SnapshotChunkWanted(MirrorSender sender, long request, int limit) => Tell(new TableMessage.ChunkWanted(sender, request, limit));

    bool IMirrorSenderOwner.DigestWanted(MirrorSender sender) => Tell(new TableMessage.DigestWanted(sender));

    bool IMirrorSenderOwner.RepairWanted(MirrorSender sender, RepairRequest request) => Tell(new TableMessage.RepairWanted(sender, request));

    bool IMirrorSenderOwner.Acknowledged(MirrorSender sender, long sequence) => Tell(new TableMessage.Acknowledged(sender, sequence));

    bool IMirrorSenderOwner.Retracted(MirrorSender sender, ReadOnlySpan<Retraction> retractions) =>
        Tell(new TableMessage.Retracted(sender, retractions.ToArray()));

    bool IMirrorSenderOwner.StateChanged(MirrorSender sender, ChannelStatus status) => Tell(new TableMessage.ChannelChanged(sender, status));

    private void SendChunk(TableMessage.ChunkWanted wanted)
    {
        Send();
        var chunk = changes.AsSpan(0, Math.Min(wanted.Limit, changes.Length));
        var (written, done) = (keeper.IsNaming ? keeper.Name(Table, chunk) : 0, false);
        if (written == 0) written = Table.NextChunk(chunk, out done);
        if ((written > 0 || !done) && !Sender!.TryAppendChunk(wanted.Request, changes.AsSpan(0, written))) Table.CloseStream();
    }

    private void ChannelChanged(ChannelStatus status)
    {
        var inSync = status.State == MirrorChannelState.InSync;
        context.Log.LogInformation(
            "Traffic group {Group}: mirror channel {Channel} to {Peer} is {State} {Reason}", context.Group, context.Channel, Peer?.Device, status.State, status.Reason);
        if (inSync == wasInSync || Peer is not { } peer) return;
        wasInSync = inSync;
        context.Observer.CopyChanged(Epoch, peer.Device, inSync, incarnation);
    }

    private async void FlushAsync(TableMessage.Flush flush)
    {
        var sequence = Table.LastSequence;
        var applied = false;
        Sender?.Say(Account(), atOnce: true); // it may be the last one
        try
        {
            applied = Sender is { } sender && await sender.WhenApplied(sequence, FlushPatience);
        }
        catch (OperationCanceledException)
        {
            // The sender was stopped meanwhile.
        }
        finally
        {
            flush.Done(sequence, applied);
        }
    }
}
