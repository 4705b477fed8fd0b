namespace ActorMirror.Domain.MirrorProtocol;

/// <summary>
/// The active's end of a mirror stream without any I/O: what was appended, sent, acknowledged, and what is to be done next. Time is
/// a parameter, measured from any fixed instant. Not thread-safe.
/// </summary>
public sealed partial class OutgoingStream(StreamId stream, MirrorLimits limits)
{
    private readonly Backlog backlog = new(limits.BacklogChanges);
    private readonly ResyncThrottle throttle = new(limits.ResyncRate);
    private readonly ResyncPace pace = new(limits.ResyncShare, limits.Silence);
    private readonly AppendTimes ages = new();
    private readonly BackOff resyncPause = new(limits);
    private TimeSpan heard;
    private TimeSpan wrote;
    private TimeSpan resyncNotBefore;
    private TimeSpan requestNotBefore;
    private SnapshotRequest request;
    private bool snapshotRequested;
    private bool chunkRequested;
    private bool chunksDue; // a snapshot or repair began, and its end was not appended
    private long snapshotEnd = long.MaxValue;
    private long appliedFrom = long.MaxValue; // changes from here up to the last acknowledged one are applied
    private bool sameCopy;
    private int room;
    private long retractionsConfirmed;
    private bool hearsAccounts;
    private ActiveAccount? account;
    private TimeSpan accountDue;

    public StreamId Stream => stream;

    public LinkState Link { get; private set; }

    public CopyState Copy { get; private set; }

    public long Queued => backlog.Queued;

    public long Sent => backlog.Sent;

    /// <summary>The last change a mirror acknowledged; a new mirror without a copy does not change it.</summary>
    public long Acknowledged { get; private set; }

    /// <summary>Changes that are not acknowledged, sent or not.</summary>
    public int Outstanding => backlog.Outstanding;

    /// <summary>Bytes they take on the wire.</summary>
    public long OutstandingBytes => backlog.OutstandingBytes;

    /// <summary>Elements of the current or last snapshot or repair that were appended, and about how many it has (0: unknown).</summary>
    public int SnapshotAppended { get; private set; }

    public int SnapshotExpected { get; private set; }

    /// <summary>How many connections the mirror can hold, as it said last.</summary>
    public int MirrorRoom => room;

    /// <summary>Retractions of this stream that arrived; they are numbered from 1.</summary>
    public long RetractionsSeen { get; private set; }

    /// <summary>The mirror of this link understands what helpers did; another one gets connections without it.</summary>
    public bool HearsHelpers { get; private set; }

    /// <summary>The mirror of this link understands persistence records.</summary>
    public bool HearsPersistence { get; private set; }

    public void Handle(LinkEvent happened, TimeSpan now)
    {
        Link = LinkMachine.Next(Link, happened);
        heard = wrote = now;
    }

    public void RoomChanged(int connections) => room = connections;

    /// <summary>Something arrived from the peer, whatever it is.</summary>
    public void Heard(TimeSpan now) => heard = now;

    /// <summary>Something was written to the peer, whatever it is.</summary>
    public void Wrote(TimeSpan now) => wrote = now;

    /// <summary>Says how many connections there are; what was not sent yet is replaced. It travels once in a keep-alive interval, in the place of a ping.</summary>
    /// <param name="atOnce">The last one for a while, or for ever.</param>
    public void Say(ActiveAccount latest, bool atOnce = false)
    {
        account = latest;
        if (atOnce) accountDue = TimeSpan.Zero;
    }

    public bool IsSilent(TimeSpan now) => Link is LinkState.Greeting or LinkState.Established && now - heard >= limits.Silence;

    /// <summary>The mirror answered the hello: refused, or the stream goes on where it broke, or a snapshot is needed.</summary>
    public void Answered(MirrorHelloAnswer answer, TimeSpan now)
    {
        if (answer.Refusal != MirrorRefusal.None)
        {
            Handle(LinkEvent.Refused, now);
            return;
        }

        Handle(LinkEvent.Accepted, now);
        room = answer.Room;
        hearsAccounts = MirrorFeatures.HearsAccounts(answer.Features);
        HearsHelpers = MirrorFeatures.HearsHelpers(answer.Features);
        HearsPersistence = MirrorFeatures.HearsPersistence(answer.Features);
        sameCopy = answer.Stream == stream;
        LinkOpened(answer, now);
        if (!sameCopy) RetractionsSeen = 0;
        retractionsConfirmed = RetractionsSeen;
        if (sameCopy && backlog.TryResume(answer.Received))
        {
            TryAcknowledge(Math.Min(answer.Applied, answer.Received), now); // it may have been on its way when the link broke
            return;
        }

        Copy = CopyMachine.Next(Copy, CopyEvent.Lost);
        GiveUpTransfer(); // the answers to come are to the last copy
        backlog.Restart(backlog.Queued);
        ages.Clear();
        appliedFrom = long.MaxValue;
    }

    /// <summary>Appends live changes. False: no stream is open, or the backlog is full and the copy desynced by that; none was taken.</summary>
    public bool TryAppend(ReadOnlySpan<MirrorChange> changes, TimeSpan now)
    {
        if (Copy == CopyState.Desynced) return false;
        if (backlog.TryAppend(changes))
        {
            ages.Note(backlog.Queued, now);
            return true;
        }

        // What is queued is still sent: it is good, and the mirror shows by it that it can take a snapshot.
        Copy = CopyMachine.Next(Copy, CopyEvent.Overflowed);
        GiveUpTransfer();
        resyncNotBefore = now + resyncPause.Next();
        return false;
    }

    /// <summary>Opens the stream with the beginning of a snapshot. False: the request is not the current one any more.</summary>
    public bool TryBeginSnapshot(long requestNumber, in MirrorChange begin)
    {
        if (!snapshotRequested || requestNumber != request.Number || Copy != CopyState.Desynced) return false;
        backlog.Restart(begin.Sequence - 1);
        backlog.TryAppend([begin]);
        ages.Clear();
        appliedFrom = begin.Sequence;
        GiveUpTransfer();
        chunksDue = true;
        sameCopy = true; // what is acknowledged from here on, this mirror has
        SnapshotExpected = begin.Count;
        SnapshotAppended = 0;
        Copy = CopyMachine.Next(Copy, CopyEvent.SnapshotBegun);
        return true;
    }

    /// <summary>Appends a chunk of the snapshot or repair that was asked for; it may be empty. False: that was given up.</summary>
    public bool TryAppendChunk(long requestNumber, ReadOnlySpan<MirrorChange> changes, TimeSpan now)
    {
        if (requestNumber != request.Number || !chunksDue || !TryAppend(changes, now)) return false;
        chunkRequested = false;
        pace.Appended(backlog.Queued);
        throttle.Take(changes.Length * WireEstimate);
        SnapshotAppended += changes.Length;
        switch (changes)
        {
            case [.., { Kind: MirrorChangeKind.SnapshotEnd } end]:
                snapshotEnd = end.Sequence;
                chunksDue = false;
                break;
            case [.., { Kind: MirrorChangeKind.Settle } end]:
                repairEnd = end.Sequence;
                chunksDue = false;
                break;
            case []:
                pace.Acknowledged(backlog.Queued, now); // nobody else has work with it
                break;
        }

        return true;
    }

    /// <summary>The mirror applied everything up to this change. False: it cannot have, against the protocol.</summary>
    public bool TryAcknowledge(long sequence, TimeSpan now)
    {
        if (!backlog.TryRelease(sequence)) return false;
        Acknowledged = Math.Max(Acknowledged, sequence);
        ages.Release(backlog.Released);
        pace.Acknowledged(backlog.Released, now);
        EndRepair();
        if (backlog.Released < snapshotEnd) return true;
        Copy = CopyMachine.Next(Copy, CopyEvent.SnapshotApplied);
        snapshotEnd = long.MaxValue;
        appliedFrom = 0;
        resyncPause.Reset();
        return true;
    }

    /// <summary>How long ago the oldest change that is not acknowledged was appended (to 5 ms); zero: there is none.</summary>
    public TimeSpan OldestAge(TimeSpan now) => ages.Oldest is { } at ? now - at : TimeSpan.Zero;

    /// <summary>Whether the change is in the mirror's kernel for certain.</summary>
    public bool IsApplied(long sequence) => sequence >= appliedFrom && sequence <= backlog.Released;

    /// <summary>How many of the retractions that arrived, the first of them numbered as given, are known already.</summary>
    public int KnownRetractions(long first, int count) => (int)Math.Clamp(RetractionsSeen - first + 1, 0, count);

    public void CountRetractions(long first, int count) => RetractionsSeen = Math.Max(RetractionsSeen, first + count - 1);

    public SenderStep Next(TimeSpan now, out TimeSpan waitUntil)
    {
        waitUntil = TimeSpan.MaxValue;
        if (Link != LinkState.Established) return SenderStep.Wait;
        if (RetractionsSeen > retractionsConfirmed) return SenderStep.ConfirmRetractions;
        if (hearsAccounts && account is not null && now >= accountDue) return SenderStep.SendAccount;
        waitUntil = wrote + limits.KeepAlive;
        if (Copy == CopyState.Desynced && !snapshotRequested && backlog.Outstanding == 0)
        {
            var ready = resyncNotBefore > requestNotBefore ? resyncNotBefore : requestNotBefore;
            if (now >= ready) return SenderStep.RequestSnapshot;
            waitUntil = Min(waitUntil, ready);
        }

        if (chunksDue && !chunkRequested && ChunkLimit > 0)
        {
            var ready = now < requestNotBefore ? requestNotBefore : Max(throttle.ReadyAt(now), pace.ReadyAt);
            if (now >= ready) return SenderStep.RequestChunk;
            waitUntil = Min(waitUntil, ready);
        }

        if (NextOfReconciliation(now, ref waitUntil) is { } step) return step;
        if (backlog.Unsent > 0) return SenderStep.SendBatch;
        return now >= wrote + limits.KeepAlive ? SenderStep.SendPing : SenderStep.Wait;
    }

    public ReadOnlySpan<MirrorChange> TakeBatch() => backlog.TakeUnsent((int)Math.Min(limits.BatchChanges, UpToDigest));

    public long TakeConfirmation() => retractionsConfirmed = RetractionsSeen;

    public ActiveAccount TakeAccount(TimeSpan now)
    {
        var taken = account ?? throw new InvalidOperationException("there is no account to send");
        account = null;
        accountDue = now + limits.KeepAlive;
        return taken;
    }

    public SnapshotRequest TakeSnapshotRequest()
    {
        snapshotRequested = true;
        return request = new SnapshotRequest(request.Number + 1, sameCopy, room);
    }

    /// <summary>The owner cannot take a request now: it is asked again after a keep-alive interval.</summary>
    public void RequestNotTaken(TimeSpan now)
    {
        snapshotRequested = chunkRequested = digestRequested = repairRequested = false;
        pace.Restart();
        requestNotBefore = now + limits.KeepAlive;
    }

    /// <summary>The request's number and how many elements the chunk may have.</summary>
    public (long Number, int Limit) TakeChunkRequest(TimeSpan now)
    {
        chunkRequested = true;
        pace.Asked(now);
        return (request.Number, ChunkLimit);
    }

    /// <summary>Bytes of a snapshot's element on the wire, as the throttle counts them: an IPv4 upsert with its share of frame and TCP headers.</summary>
    private const int WireEstimate = 36;

    /// <summary>A snapshot uses half of the backlog at most: the other half is for live changes, so that no snapshot causes a desync.</summary>
    private int ChunkLimit => Math.Min(limits.BatchChanges, backlog.Capacity / 2 - backlog.Outstanding);

    /// <summary>Neither a snapshot nor a repair is under way or asked for any more.</summary>
    private void GiveUpTransfer()
    {
        snapshotRequested = chunkRequested = chunksDue = false;
        snapshotEnd = long.MaxValue;
        pace.Restart();
        GiveUpReconciliation();
    }

    private static TimeSpan Max(TimeSpan left, TimeSpan right) => left > right ? left : right;

    private static TimeSpan Min(TimeSpan left, TimeSpan right) => left < right ? left : right;
}
