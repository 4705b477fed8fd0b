using ActorMirror.Domain.Connections;
using ActorMirror.Domain.Devices;
using ActorMirror.Domain.MirrorProtocol;

namespace ActorMirror.MirrorChannel;

/// <summary>
/// The mirror's end of one channel: judges who connects, hands batches to the table's owner, and carries acknowledgements and retractions
/// back. It outlives its connections: the next one of the same stream goes on where the last one broke. What arrived is decided by
/// <see cref="IncomingStream"/>. All members are safe from any thread.
/// </summary>
public sealed partial class MirrorReceiver : IAsyncDisposable
{
    private readonly Lock gate = new();
    private readonly IncomingStream stream;
    private readonly AsyncSignal work = new();
    private readonly MirrorReceiverOptions options;
    private readonly IMirrorReceiverOwner owner;
    private readonly Func<MirrorAcceptance?> expected;
    private readonly TimeProvider time;
    private readonly long origin;
    private ChannelStatus status;
    private BatchPool batches;
    private DeviceId? peer;
    private string peerPlatform = "";
    private MirrorPath? path;
    private bool isAuthenticated;
    private long retracted;
    private Repairs repairs;
    private long bytesReceived;
    private int room;
    private int toldRoom;
    private LastWord? lastWord;
    private bool comparing; // the owner has a digest in hand

    /// <param name="expected">Whom this device mirrors now; null: nobody. Asked for every hello.</param>
    public MirrorReceiver(MirrorReceiverOptions options, IMirrorReceiverOwner owner, Func<MirrorAcceptance?> expected, TimeProvider time)
    {
        (this.options, this.owner, this.expected, this.time) = (options, owner, expected, time);
        origin = time.GetTimestamp();
        stream = new IncomingStream(options.Limits);
        batches = new BatchPool(options.Limits.BatchesInHand);
        status = ChannelStatus.Initial(time);
        room = options.Room;
    }

    /// <summary>How many connections the mirror can hold from now on; the active is told.</summary>
    public void RoomChanged(int connections)
    {
        lock (gate)
        {
            if (room == connections) return;
            room = connections;
        }

        work.Set();
    }

    public MirrorReceiverStatus Status
    {
        get
        {
            lock (gate) return new(status, peer, peerPlatform, stream.Stream, stream.Received, stream.Applied, retracted, bytesReceived, repairs, path, isAuthenticated, lastWord);
        }
    }

    private TimeSpan Now => time.GetElapsedTime(origin);

    /// <summary>
    /// The owner applied a batch in the kernel, except for what it retracts. Batches are answered in their order, and are not the owner's any more.
    /// </summary>
    public void Applied(MirrorBatch batch, ReadOnlySpan<Retraction> retractions)
    {
        lock (gate)
        {
            // A batch from before the copy was given up: its numbers could be taken for those of the new one.
            if (batch.Pool != batches) return;
            Keep(retractions);
            stream.TryApply(batch.Stream, batch.LastSequence);
            Enter("");
            batch.Pool.Return(batch);
        }

        work.Set();
    }

    /// <summary>The owner compared a digest; it differs from the copy in these buckets, or in none.</summary>
    public void Compared(StreamId of, BucketSet differing)
    {
        lock (gate)
        {
            comparing = false;
            if (differing.Count == 0) return;
            stream.Differs(of, differing);
        }

        work.Set();
    }

    /// <summary>Repairs ended; <paramref name="total"/> is since the owner's table was made.</summary>
    public void Repaired(Repairs total)
    {
        lock (gate)
        {
            repairs = total;
            stream.Repaired(total);
        }

        work.Set();
    }

    /// <summary>Entries that were applied disappeared.</summary>
    public void Retract(StreamId of, ReadOnlySpan<Retraction> retractions)
    {
        lock (gate)
        {
            if (of != stream.Stream) return;
            Keep(retractions);
        }

        work.Set();
    }

    /// <summary>The owner lost the copy or does not trust it: it is given up, and the active sends a snapshot over a new connection.</summary>
    public void Forget(string reason)
    {
        lock (gate) GiveUp(reason);
    }

    /// <summary>Ends the connection; no batch is handed over afterwards.</summary>
    public async ValueTask DisposeAsync()
    {
        lock (gate) current?.End("stopped");
        await turn.WaitAsync(CancellationToken.None);
        turn.Dispose();
    }

    private void Keep(ReadOnlySpan<Retraction> retractions)
    {
        retracted += retractions.Length;
        foreach (ref readonly var retraction in retractions)
        {
            if (stream.TryRetract(retraction)) continue;
            GiveUp($"more than {options.Limits.Retractions} retractions are on their way");
            return;
        }
    }

    private void GiveUp(string reason)
    {
        stream.Forget();
        batches = new BatchPool(options.Limits.BatchesInHand);
        current?.End(reason);
    }

    private void Enter(string reason)
    {
        var next = status.Enter(MirrorChannelStates.Of(stream.Link, stream.Copy), reason, time);
        if (next.Transitions == status.Transitions) return;
        status = next;
        owner.StateChanged(this, next);
    }
}
