using ActorMirror.Domain.Connections;
using ActorMirror.Domain.MirrorProtocol;

namespace ActorMirror.MirrorChannel;

/// <summary>
/// The active's end of one mirror channel: connects, connects again, and carries one stream. What to do is decided by
/// <see cref="OutgoingStream"/>; this class gives it a clock, a lock and the bytes. All members are safe from any thread and none blocks.
/// </summary>
public sealed partial class MirrorSender : IMirrorGate, IAsyncDisposable
{
    private readonly Lock gate = new();
    private readonly OutgoingStream stream;
    private readonly GateWaiters waiters = new();
    private readonly AsyncSignal work = new();
    private readonly AsyncSignal redial = new();
    private readonly CancellationTokenSource stopping = new();
    private readonly MirrorSenderOptions options;
    private readonly IMirrorSenderOwner owner;
    private readonly Dialler dialler;
    private readonly PathReturn returning;
    private readonly TimeProvider time;
    private readonly long origin;
    private readonly ITimer reminder;
    private bool stateOwed;
    private bool acknowledgementOwed;
    private ChannelStatus status;
    private Task running = Task.CompletedTask;

    /// <param name="dial">Opens a connection to the mirror over a path; may throw, that is shown and tried again.</param>
    public MirrorSender(
        MirrorSenderOptions options, IMirrorSenderOwner owner, Func<MirrorPath, CancellationToken, ValueTask<MirrorConnection>> dial, TimeProvider time)
    {
        (this.options, this.owner, this.time) = (options, owner, time);
        dialler = new Dialler(dial, options, time);
        returning = new PathReturn(options.Limits);
        origin = time.GetTimestamp();
        stream = new OutgoingStream(options.Stream, options.Limits);
        status = ChannelStatus.Initial(time);
        reminder = time.CreateTimer(_ => TellWhatIsOwed(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public StreamId Stream => options.Stream;

    public MirrorSenderStatus Status
    {
        get
        {
            lock (gate)
            {
                return new(
                    status, options.Peer, options.PeerEndpoint, options.Stream, stream.Queued, stream.Sent, stream.Acknowledged, stream.Outstanding, stream.OutstandingBytes,
                    stream.OldestAge(Now), stream.SnapshotAppended, stream.SnapshotExpected, snapshots,
                    stream.RepairCount, stream.Repairs, retractions, bytesSent, peerPlatform, stream.MirrorRoom, path, isAuthenticated);
            }
        }
    }

    /// <summary>How many connections the mirror can hold, as it said last.</summary>
    public int PeerRoom
    {
        get
        {
            lock (gate) return stream.MirrorRoom;
        }
    }

    private TimeSpan Now => time.GetElapsedTime(origin);

    public void Start() => running = Task.Run(RunAsync);

    /// <summary>Skips the pause before the next connection: there is reason to believe that the peer is back.</summary>
    public void Redial() => redial.Set();

    /// <summary>Appends live changes in order. False: not taken, they must wait for a snapshot (<c>ConnectionTable.CloseStream</c>).</summary>
    public bool TryAppend(ReadOnlySpan<MirrorChange> changes)
    {
        lock (gate)
        {
            if (!stream.TryAppend(changes, Now))
            {
                Enter($"the backlog of {options.Limits.BacklogChanges} changes is full");
                return false;
            }
        }

        work.Set();
        return true;
    }

    /// <summary>Says how many connections the table has; the mirror hears the latest a few times a second.</summary>
    /// <param name="atOnce">The last one for a while, or for ever.</param>
    public void Say(ActiveAccount account, bool atOnce = false)
    {
        lock (gate) stream.Say(account, atOnce);
        if (atOnce) work.Set();
    }

    /// <summary>Answers <see cref="IMirrorSenderOwner.SnapshotWanted"/>. False: there is a newer request, or none any more.</summary>
    public bool TryBeginSnapshot(in SnapshotRequest request, in MirrorChange begin)
    {
        lock (gate)
        {
            if (!stream.TryBeginSnapshot(request.Number, begin)) return false;
            snapshots++;
            Enter(request.SameCopy ? "the mirror missed changes" : "the mirror has no copy");
        }

        work.Set();
        return true;
    }

    /// <summary>Answers <see cref="IMirrorSenderOwner.SnapshotChunkWanted"/>. False: that snapshot was given up; another will be asked for.</summary>
    public bool TryAppendChunk(long request, ReadOnlySpan<MirrorChange> changes)
    {
        lock (gate)
        {
            if (!stream.TryAppendChunk(request, changes, Now)) return false;
        }

        work.Set();
        return true;
    }

    /// <summary>Answers <see cref="IMirrorSenderOwner.DigestWanted"/>; everything before it was appended. False: it is not wanted any more.</summary>
    public bool TryAppendDigest(TableDigest digest)
    {
        lock (gate)
        {
            if (!stream.TryAppendDigest(digest)) return false;
        }

        work.Set();
        return true;
    }

    /// <summary>Answers <see cref="IMirrorSenderOwner.RepairWanted"/>; its chunks are asked for as a snapshot's. False: it is not wanted any more.</summary>
    public bool TryBeginRepair(in RepairRequest request)
    {
        lock (gate)
        {
            if (!stream.TryBeginRepair(request.Number)) return false;
        }

        work.Set();
        return true;
    }

    /// <summary>
    /// Names everything again, over the same connection; what was acknowledged stays so, and the channel in sync. Null, or why that is not possible now.
    /// </summary>
    public string? Resync()
    {
        string? refusal;
        lock (gate) refusal = stream.Resync();
        work.Set();
        return refusal;
    }

    public async ValueTask<bool> WhenApplied(long sequence, TimeSpan timeout, CancellationToken cancellation = default)
    {
        GateWaiters.Waiter waiter;
        lock (gate)
        {
            if (stream.IsApplied(sequence)) return true;
            if (stream.Link != LinkState.Established) return false;
            waiter = waiters.Add(sequence);
        }

        try
        {
            await using var timer = time.CreateTimer(_ => waiter.Answer.TrySetResult(false), null, timeout, Timeout.InfiniteTimeSpan);
            await using var registration = cancellation.Register(() => waiter.Answer.TrySetCanceled(cancellation));
            return await waiter.Answer.Task;
        }
        finally
        {
            lock (gate) waiters.Remove(waiter);
        }
    }

    /// <summary>Closes the connection; no call to the owner follows. Changes that were not acknowledged may or may not arrive.</summary>
    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        await running;
        await reminder.DisposeAsync();
        stopping.Dispose();
    }

    /// <summary>Publishes the state if it is another one; called with the lock held, as what follows.</summary>
    private void Enter(string reason)
    {
        var next = status.Enter(MirrorChannelStates.Of(stream.Link, stream.Copy), reason, time);
        if (next.Transitions == status.Transitions) return;
        status = next;
        stateOwed = true;
        Tell();
    }

    private void TellAcknowledged()
    {
        acknowledgementOwed = true;
        Tell();
    }

    /// <summary>The latest state and acknowledgement stand for all before them: one of each may be owed.</summary>
    private void Tell()
    {
        if (acknowledgementOwed) acknowledgementOwed = !owner.Acknowledged(this, stream.Acknowledged);
        if (stateOwed) stateOwed = !owner.StateChanged(this, status);
        if (acknowledgementOwed || stateOwed) reminder.Change(options.Limits.KeepAlive, Timeout.InfiniteTimeSpan);
    }

    private void TellWhatIsOwed()
    {
        lock (gate)
        {
            if (!stopping.IsCancellationRequested) Tell();
        }
    }
}
