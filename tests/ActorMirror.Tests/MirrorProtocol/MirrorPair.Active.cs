using ActorMirror.Domain.Connections;
using ActorMirror.Domain.MirrorProtocol;
using ActorMirror.Domain.TrafficGroups;
using ActorMirror.MirrorChannel.Wire;
using ActorMirror.Tests.Support;

namespace ActorMirror.Tests.MirrorProtocol;

/// <content>The active device: its table, its mailbox, its end of the stream.</content>
internal sealed partial class MirrorPair
{
    public void Upsert(ConnectionRecord record, HelperState? helped = null)
    {
        if (Table.TryUpsert(record, null, out var change, helped)) Append(change);
    }

    public void Delete(FlowKey key)
    {
        if (Table.TryDelete(key, out var change)) Append(change);
    }

    public void Reoffer()
    {
        var offered = Table.Reoffer(changes.AsSpan(0, 4), refused: true);
        if (offered > 0 && !sender.TryAppend(changes.AsSpan(0, offered), Now)) Table.CloseStream();
    }

    /// <summary>The active's sender does one thing; a full socket takes no more.</summary>
    public void SenderStep()
    {
        if (toMirror.Count >= 3) return;
        switch (sender.Next(Now, out _))
        {
            case Domain.MirrorProtocol.SenderStep.SendBatch:
                Send(toMirror, Frames.Changes(frame, sender.TakeBatch(), sender.HearsHelpers));
                break;
            case Domain.MirrorProtocol.SenderStep.ConfirmRetractions:
                Send(toMirror, Frames.Number(frame, FrameType.ConfirmRetractions, sender.TakeConfirmation()));
                break;
            case Domain.MirrorProtocol.SenderStep.SendPing:
                sender.Wrote(Now);
                break;
            case Domain.MirrorProtocol.SenderStep.RequestSnapshot:
                var request = sender.TakeSnapshotRequest();
                if (!Tell(() => BeginSnapshot(request))) sender.RequestNotTaken(Now);
                break;
            case Domain.MirrorProtocol.SenderStep.RequestChunk:
                var (number, limit) = sender.TakeChunkRequest(Now);
                if (!Tell(() => NextChunk(number, limit))) sender.RequestNotTaken(Now);
                break;
            case Domain.MirrorProtocol.SenderStep.RequestDigest:
                sender.TakeDigestRequest(Now);
                if (!Tell(() => sender.TryAppendDigest(Table.Digest()))) sender.RequestNotTaken(Now);
                break;
            case Domain.MirrorProtocol.SenderStep.SendDigest:
                Send(toMirror, Frames.Digest(frame, sender.TakeDigest()));
                break;
            case Domain.MirrorProtocol.SenderStep.RequestRepair:
                var repair = sender.TakeRepairRequest();
                if (!Tell(() => BeginRepair(repair))) sender.RequestNotTaken(Now);
                break;
        }
    }

    public void ActiveMail()
    {
        if (activeMail.TryDequeue(out var message)) message();
    }

    public void ActiveReceives()
    {
        if (!toActive.TryDequeue(out var bytes)) return;
        sender.Heard(Now);
        var body = bytes.AsSpan(Frames.HeaderSize);
        switch ((FrameType)bytes[4])
        {
            case FrameType.Acknowledge:
                Frames.TryReadNumber(body, out var sequence).ShouldBeTrue();
                sender.TryAcknowledge(sequence, Now).ShouldBeTrue();
                var acknowledged = sender.Acknowledged;
                activeMail.Enqueue(() => Table.Acknowledge(acknowledged));
                break;
            case FrameType.Differing:
                Frames.TryReadDiffering(body, out var differing).ShouldBeTrue();
                sender.Differs(differing);
                break;
            case FrameType.Repairs:
                Frames.TryReadRepairs(body, out var total).ShouldBeTrue();
                sender.CountRepairs(total);
                break;
            default:
                Retracted(body);
                break;
        }
    }

    private void Retracted(ReadOnlySpan<byte> body)
    {
        Frames.TryReadRetractions(body, retractions, out var first, out var count).ShouldBeTrue();
        var fresh = retractions[sender.KnownRetractions(first, count)..count];
        var taken = Tell(() =>
        {
            foreach (var retraction in fresh) Table.Retract(retraction);
        });
        if (taken) sender.CountRetractions(first, count);
        else Break(); // the mirror sends them again
    }

    /// <summary>The mailbox of the active's table takes no request and no retraction the next time.</summary>
    public void FillMailbox() => isMailboxFull = true;

    /// <summary>The active's table is made anew from its kernel.</summary>
    public void ActiveRestarts()
    {
        var records = Records();
        Become(new ConnectionTable(MaximumConnections, incarnation + 1), epoch);
        foreach (var record in records) Upsert(record);
    }

    private bool Tell(Action message)
    {
        if (!isMailboxFull) activeMail.Enqueue(message);
        var taken = !isMailboxFull;
        isMailboxFull = false;
        return taken;
    }

    private void Become(ConnectionTable table, Epoch next)
    {
        Break();
        activeMail.Clear();
        (Table, epoch) = (table, next);
        sender = new OutgoingStream(new StreamId(1, epoch, ++incarnation), limits);
    }

    private void Append(in MirrorChange change)
    {
        var before = sender.Copy;
        if (sender.TryAppend([change], Now)) return;
        if (before != CopyState.Desynced) Overflows++;
        Table.CloseStream();
    }

    private void BeginSnapshot(SnapshotRequest request)
    {
        snapshot = request.Number;
        if (sender.TryBeginSnapshot(request.Number, Table.BeginSnapshot(request.SameCopy, request.Room))) Snapshots++;
        else Table.CloseStream();
    }

    private void BeginRepair(RepairRequest request)
    {
        if (!sender.TryBeginRepair(request.Number)) return;
        snapshot = request.Number;
        Table.TryBeginRepair(request.Buckets).ShouldBeTrue();
    }

    private void NextChunk(long request, int limit)
    {
        if (request != snapshot) return;
        var chunk = new MirrorChange[limit];
        var written = Table.NextChunk(chunk, out var done);
        if (written == 0 && done) return;
        if (!sender.TryAppendChunk(request, chunk.AsSpan(0, written), Now)) Table.CloseStream();
    }
}
