using ActorMirror.Domain.MirrorProtocol;
using ActorMirror.MirrorChannel;
using Microsoft.Extensions.Logging;

namespace ActorMirror.Actors.Tables;

/// <content>What the sender of the mirror stream wants of the table, and what it says of the channel.</content>
internal sealed partial class ActiveTable
{
    private volatile Acknowledgement? acknowledged; // the last word, not entered yet
    private int retractionsOnTheWay;

    bool IMirrorSenderOwner.SnapshotWanted(MirrorSender sender, SnapshotRequest request) => Tell(new TableMessage.SnapshotWanted(sender, request));

    bool IMirrorSenderOwner.SnapshotChunkWanted(MirrorSender sender, long request, int limit) => Tell(new TableMessage.ChunkWanted(sender, request, limit));

    bool IMirrorSenderOwner.DigestWanted(MirrorSender sender) => Tell(new TableMessage.DigestWanted(sender));

    bool IMirrorSenderOwner.RepairWanted(MirrorSender sender, RepairRequest request) => Tell(new TableMessage.RepairWanted(sender, request));

    /// <summary>No message: there is one for each batch, and it would wake this actor for what can wait until it is awake, or for its tick.</summary>
    bool IMirrorSenderOwner.Acknowledged(MirrorSender sender, long sequence)
    {
        acknowledged = new Acknowledgement(sender, sequence);
        return true;
    }

    bool IMirrorSenderOwner.Retracted(MirrorSender sender, ReadOnlySpan<Retraction> retractions)
    {
        Interlocked.Increment(ref retractionsOnTheWay);
        if (Tell(new TableMessage.Retracted(sender, retractions.ToArray()))) return true;
        Interlocked.Decrement(ref retractionsOnTheWay);
        return false;
    }

    bool IMirrorSenderOwner.StateChanged(MirrorSender sender, ChannelStatus status) => Tell(new TableMessage.ChannelChanged(sender, status));

    /// <summary>Enters what was acknowledged, behind the retractions the mirror told before: what it refused is never protected, not for a moment.</summary>
    private void Settle()
    {
        if (acknowledged is not { } last || Volatile.Read(ref retractionsOnTheWay) > 0) return;
        Interlocked.CompareExchange(ref acknowledged, null, last);
        if (last.Sender != Sender) return;
        Table.Acknowledge(last.Sequence);
        pace.Answered(last.Sequence, Table.Counts.Retracted);
    }

    private void Retract(TableMessage.Retracted retracted)
    {
        Interlocked.Decrement(ref retractionsOnTheWay);
        if (retracted.Sender != Sender) return;
        foreach (var retraction in retracted.Retractions) Table.Retract(retraction);
    }

    private void SendChunk(TableMessage.ChunkWanted wanted)
    {
        Send();
        var written = Table.NextChunk(changes.AsSpan(0, Math.Min(wanted.Limit, changes.Length)), out var done);
        if ((written > 0 || !done) && !Sender!.TryAppendChunk(wanted.Request, changes.AsSpan(0, written))) Table.CloseStream();
    }

    private void ChannelChanged(ChannelStatus status)
    {
        Settle();
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

    private sealed record Acknowledgement(MirrorSender Sender, long Sequence);
}
