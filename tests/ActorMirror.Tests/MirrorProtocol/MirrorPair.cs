using ActorMirror.Domain.Connections;
using ActorMirror.Domain.Devices;
using ActorMirror.Domain.MirrorProtocol;
using ActorMirror.Domain.TrafficGroups;
using ActorMirror.MirrorChannel.Wire;
using ActorMirror.Tests.Support;

namespace ActorMirror.Tests.MirrorProtocol;

/// <summary>
/// Two devices, a table each, the pure streams between them, and everything that can happen to them, one step at a time: the
/// network and the actors' mailboxes are queues whose steps the test chooses. Bounds are tiny, so that each is met often.
/// </summary>
internal sealed class MirrorPair
{
    private static readonly MirrorLimits Limits = new() { BacklogChanges = 8, BatchChanges = 4, BatchesInHand = 2, Retractions = 6 };

    private readonly byte[] frame = new byte[Frames.MaximumFrame];
    private readonly MirrorChange[] changes = new MirrorChange[Frames.MaximumElements];
    private readonly Retraction[] retractions = new Retraction[Frames.MaximumElements];
    private readonly Queue<byte[]> toMirror = new();
    private readonly Queue<byte[]> toActive = new();
    private readonly Queue<Action> activeMail = new();
    private readonly Queue<(StreamId Stream, MirrorChange[] Changes)> inHand = new();
    private readonly MirrorWork work = new();
    private readonly int room;
    private OutgoingStream sender;
    private IncomingStream receiver = new(Limits);
    private MirrorTable copy;
    private FakeKernel kernel = new();
    private Epoch epoch = new(1, 1);
    private ulong incarnation;
    private long snapshot;
    private bool isMailboxFull;

    public MirrorPair(int room)
    {
        this.room = room;
        copy = new MirrorTable(room);
        sender = new OutgoingStream(new StreamId(1, epoch, incarnation), Limits);
    }

    public ConnectionTable Table { get; private set; } = new(1000);

    public TimeSpan Now { get; set; }

    public int Snapshots { get; private set; }

    public int Takeovers { get; private set; }

    public int Overflows { get; private set; }

    public int Resumes { get; private set; }

    /// <summary>Flows the mirror's kernel lost since it was last told of them; only they may be shown as protected wrongly, until the word arrives.</summary>
    public HashSet<FlowKey> Lost { get; } = [];

    public void Upsert(ConnectionRecord record)
    {
        if (Table.TryUpsert(record, out var change)) Append(change);
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

    public void Connect()
    {
        Break();
        sender.Handle(LinkEvent.Dialled, Now);
        sender.Handle(LinkEvent.Connected, Now);
        var (held, received, applied) = receiver.Open(sender.Stream, sender.RetractionsSeen);
        if (held == sender.Stream) Resumes++;
        sender.Answered(new MirrorHelloAnswer(MirrorRefusal.None, 1, new DeviceId(2), 0, room, held, received, applied, "", ""), Now);
        var acknowledged = sender.Acknowledged;
        activeMail.Enqueue(() => Table.Acknowledge(acknowledged));
    }

    public void Break()
    {
        sender.Handle(LinkEvent.Lost, Now);
        toMirror.Clear();
        toActive.Clear();
    }

    /// <summary>The active's sender does one thing; a full socket takes no more.</summary>
    public void SenderStep()
    {
        if (toMirror.Count >= 3) return;
        switch (sender.Next(Now, out _))
        {
            case Domain.MirrorProtocol.SenderStep.SendBatch:
                Send(toMirror, Frames.Changes(frame, sender.TakeBatch()));
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
                var (number, limit) = sender.TakeChunkRequest();
                if (!Tell(() => NextChunk(number, limit))) sender.RequestNotTaken(Now);
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
        if ((FrameType)bytes[4] == FrameType.Acknowledge)
        {
            Frames.TryReadNumber(body, out var sequence).ShouldBeTrue();
            sender.TryAcknowledge(sequence).ShouldBeTrue();
            var acknowledged = sender.Acknowledged;
            activeMail.Enqueue(() => Table.Acknowledge(acknowledged));
            return;
        }

        Frames.TryReadRetractions(body, retractions, out var first, out var count).ShouldBeTrue();
        var fresh = retractions[sender.KnownRetractions(first, count)..count];
        var taken = Tell(() =>
        {
            foreach (var retraction in fresh) Table.Retract(retraction);
        });
        if (taken) sender.CountRetractions(first, count);
        else Break(); // the mirror sends them again
    }

    public void MirrorReceives()
    {
        if (inHand.Count >= Limits.BatchesInHand || !toMirror.TryDequeue(out var bytes)) return;
        var body = bytes.AsSpan(Frames.HeaderSize);
        if ((FrameType)bytes[4] == FrameType.ConfirmRetractions)
        {
            Frames.TryReadNumber(body, out var confirmed).ShouldBeTrue();
            receiver.Confirm(confirmed).ShouldBeTrue();
            return;
        }

        Frames.TryReadChanges(body, changes, out var count).ShouldBeTrue();
        receiver.Take(changes.AsSpan(0, count)).ShouldBeNull();
        inHand.Enqueue((receiver.Stream, changes[..count]));
    }

    public void MirrorApplies()
    {
        if (!inHand.TryDequeue(out var batch)) return;
        copy.Apply(batch.Changes, work).ShouldBeTrue("the number of connections differs");
        Lost.UnionWith(work.Retractions.Select(r => r.Key));
        Inject();
        while (copy.MustSweep)
        {
            copy.Sweep(work, 2);
            Inject();
        }

        Retract([.. work.Retractions]);
        work.Retractions.Clear();
        receiver.TryApply(batch.Stream, batch.Changes[^1].Sequence);
    }

    public void MirrorSends()
    {
        if (sender.Link != LinkState.Established || toActive.Count >= 3) return;
        if (receiver.UnsentRetractions > 0)
        {
            var count = receiver.TakeRetractions(retractions.AsSpan(0, 2), out var first);
            Send(toActive, Frames.Retractions(frame, first, retractions.AsSpan(0, count)));
        }
        else if (receiver.MustAcknowledge)
        {
            Send(toActive, Frames.Number(frame, FrameType.Acknowledge, receiver.TakeAcknowledgement()));
        }
        else if (toActive.Count == 0)
        {
            sender.Heard(Now); // a ping
        }
    }

    /// <summary>The mailbox of the active's table takes no request and no retraction the next time.</summary>
    public void FillMailbox() => isMailboxFull = true;

    public void Refuse(FlowKey key) => kernel.Refuses.Add(key);

    public void Vanish(FlowKey key)
    {
        if (!kernel.Remove(key)) return;
        Lost.Add(key);
        if (copy.Vanished(key, out var retraction)) Retract([retraction]);
    }

    /// <summary>The mirror's daemon starts anew: it finds its kernel's entries and knows nothing of them.</summary>
    public void MirrorRestarts()
    {
        Break();
        inHand.Clear();
        receiver = new IncomingStream(Limits);
        copy = new MirrorTable(room);
        foreach (var record in kernel.Entries.Values) copy.Seed(record);
    }

    /// <summary>The active's table is made anew from its kernel.</summary>
    public void ActiveRestarts()
    {
        var records = Records();
        Become(new ConnectionTable(1000), epoch);
        foreach (var record in records) Upsert(record);
    }

    /// <summary>The mirror becomes active with what it has, and the old active its mirror, with everything it had.</summary>
    public void Takeover()
    {
        Takeovers++;
        var former = Table;
        var old = new FakeKernel();
        foreach (var record in Records()) old.Put(record);
        var table = ConnectionTable.FromMirror(copy, 1000);
        Become(table, epoch with { Index = epoch.Index + 1 });
        Records().ShouldBe(kernel.Entries.Values, ignoreOrder: true);
        inHand.Clear();
        (kernel, receiver, copy) = (old, new IncomingStream(Limits), MirrorTable.FromActive(former, room));
        Lost.Clear();
    }

    public List<ConnectionRecord> Records()
    {
        var views = new ConnectionView[5];
        var (cursor, records) = (0, new List<ConnectionRecord>());
        while (Table.Read(ref cursor, views) is > 0 and var read) records.AddRange(views.Take(read).Select(v => v.Record));
        return records;
    }

    /// <summary>What is shown as protected is in the mirror's kernel as it is here, unless the kernel lost it and the word is on its way.</summary>
    public void ProtectedMeansProtected()
    {
        foreach (var record in Records())
        {
            Table.TryGet(record.Original, out var view).ShouldBeTrue();
            if (view.Protection != Protection.Protected || Lost.Contains(record.Original)) continue;
            kernel.Entries.TryGetValue(record.Original, out var there).ShouldBeTrue($"{record.Original} is not in the mirror's kernel");
            there.ShouldBe(record);
        }
    }

    /// <summary>Lets everything run until nothing is left to do; then the mirror has exactly what the active has.</summary>
    public void Settle()
    {
        kernel.Refuses.Clear();
        if (sender.Link != LinkState.Established || sender.IsSilent(Now)) Connect();
        for (var round = 0; !IsSettled; round++)
        {
            round.ShouldBeLessThan(5_000, $"it does not come to rest: {sender.Copy}, {Table.Counts}");
            if (receiver.Stream != sender.Stream || sender.Link != LinkState.Established) Connect();
            Now += TimeSpan.FromMilliseconds(10);
            SenderStep();
            ActiveMail();
            MirrorReceives();
            MirrorApplies();
            MirrorSends();
            ActiveReceives();
            if (round % 20 == 0) Reoffer();
        }

        var mirrored = Records().Where(r => Table.TryGet(r.Original, out var view) && view.Protection != Protection.Unmirrored);
        kernel.Entries.Values.ShouldBe(mirrored, ignoreOrder: true);
        Table.Counts.Protected.ShouldBe(kernel.Entries.Count);
        copy.IsComplete.ShouldBeTrue();
        copy.Count.ShouldBe(kernel.Entries.Count);
        receiver.Copy.ShouldBe(CopyState.InSync);
        sender.IsApplied(Table.LastSequence).ShouldBe(Table.LastSequence == sender.Acknowledged);
    }

    private bool IsSettled => sender.Copy == CopyState.InSync && sender.Outstanding == 0 && activeMail.Count == 0 && toActive.Count == 0
        && receiver.UnsentRetractions == 0 && Table.Counts is { Unsent: 0, Pending: 0, Retracted: 0 };

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
        sender = new OutgoingStream(new StreamId(1, epoch, ++incarnation), Limits);
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

    private void NextChunk(long request, int limit)
    {
        if (request != snapshot) return;
        var chunk = new MirrorChange[limit];
        var written = Table.NextSnapshotChunk(chunk, out _);
        if (!sender.TryAppendChunk(request, chunk.AsSpan(0, written), Now)) Table.CloseStream();
    }

    private void Inject()
    {
        foreach (var operation in work.Operations)
        {
            var key = operation.Record.Original;
            if (kernel.Do(operation) is not { } reason)
            {
                Lost.Remove(key);
            }
            else if (copy.Failed(operation, reason, out var retraction))
            {
                Lost.Add(key);
                work.Retractions.Add(retraction);
            }
        }

        work.Operations.Clear();
    }

    private void Retract(List<Retraction> lost)
    {
        foreach (var retraction in lost)
        {
            if (receiver.TryRetract(retraction)) continue;
            // As the receiver does: the copy is given up and the connection with it; what is in hand belongs to nobody.
            receiver.Forget();
            inHand.Clear();
            Break();
            return;
        }
    }

    private void Send(Queue<byte[]> to, int length)
    {
        if (to == toMirror) sender.Wrote(Now);
        to.Enqueue(frame[..length]);
    }
}
