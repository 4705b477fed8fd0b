using ActorMirror.Domain.Connections;

namespace ActorMirror.Domain.MirrorProtocol;

/// <summary>
/// The mirror's end of a stream without any I/O: what arrived, what the kernel has, and the retractions the active must hear of.
/// It outlives links, so that a new one continues. Not thread-safe.
/// </summary>
public sealed class IncomingStream(MirrorLimits limits)
{
    private readonly Queue<Retraction> unconfirmed = new();
    private long confirmed;
    private int sent;
    private long snapshotEnd = long.MaxValue;
    private long acknowledged;
    private long settleEnd;
    private BucketSet? differing;
    private Repairs repairs;
    private Repairs reported;
    private bool reconciles;

    public StreamId Stream { get; private set; }

    public LinkState Link { get; private set; }

    public CopyState Copy { get; private set; }

    /// <summary>The last change that arrived and was handed to the owner.</summary>
    public long Received { get; private set; }

    /// <summary>The last change that is in the kernel.</summary>
    public long Applied { get; private set; }

    /// <summary>There is something for the active: an acknowledgement.</summary>
    public bool MustAcknowledge => Applied > acknowledged;

    /// <summary>There is something for the active: buckets that differ.</summary>
    public bool MustAsk => differing is not null;

    /// <summary>There is something for the active: what was put right.</summary>
    public bool MustReport => reconciles && repairs != reported;

    public int UnsentRetractions => unconfirmed.Count - sent;

    public void Handle(LinkEvent happened) => Link = LinkMachine.Next(Link, happened);

    /// <summary>A link begins with an accepted hello: the same stream goes on, another one starts from nothing. Returns what to answer with.</summary>
    public (StreamId Stream, long Received, long Applied) Open(StreamId stream, long retractionsSeen, uint features)
    {
        var held = (Stream, Received, Applied);
        if (stream != Stream)
        {
            Forget();
            Stream = stream;
        }
        else
        {
            Confirm(retractionsSeen);
        }

        sent = 0;
        acknowledged = Applied;
        differing = null;
        reported = default;
        reconciles = MirrorFeatures.Reconciles(features);
        return held;
    }

    /// <summary>The copy is given up (its owner lost it, or it cannot be trusted): the next link gets a snapshot.</summary>
    public void Forget()
    {
        Stream = StreamId.None;
        Copy = CopyMachine.Next(Copy, CopyEvent.Lost);
        Received = Applied = acknowledged = confirmed = settleEnd = 0;
        differing = null;
        snapshotEnd = long.MaxValue;
        unconfirmed.Clear();
        sent = 0;
    }

    /// <summary>Takes changes that arrived. Null, or how they break the protocol: then none was taken.</summary>
    public string? Take(ReadOnlySpan<MirrorChange> changes)
    {
        var received = Received;
        var copy = Copy;
        var (end, settle) = (snapshotEnd, settleEnd);
        foreach (ref readonly var change in changes)
        {
            var begins = change.Kind == MirrorChangeKind.SnapshotBegin;
            if (begins ? change.Sequence <= received : change.Sequence != received + 1)
                return $"change {change.Sequence} ({change.Kind}) after {received}";
            if (!begins && copy == CopyState.Desynced) return $"change {change.Sequence} ({change.Kind}) before a snapshot";
            if (change.Mark is { } mark && (!mark.IsOurs || mark.TrafficGroup != Stream.TrafficGroup))
                return $"change {change.Sequence}: mark {mark} is not of traffic group {Stream.TrafficGroup}";
            if (begins) (copy, end) = (CopyMachine.Next(copy, CopyEvent.SnapshotBegun), long.MaxValue);
            if (change.Kind == MirrorChangeKind.SnapshotEnd) end = change.Sequence;
            if (change.Kind == MirrorChangeKind.Doubt && settle > Applied) return $"change {change.Sequence} ({change.Kind}) before {settle} was applied";
            if (change.Kind == MirrorChangeKind.Settle) settle = change.Sequence;
            received = change.Sequence;
        }

        (Received, Copy, snapshotEnd, settleEnd) = (received, copy, end, settle);
        return null;
    }

    /// <summary>A digest arrived. Null, or how it breaks the protocol.</summary>
    public string? TakeDigest(TableDigest digest) =>
        digest.Sequence == Received ? null : $"a digest of change {digest.Sequence} after {Received}";

    /// <summary>The owner's table differs from the digest in these buckets.</summary>
    public void Differs(StreamId stream, BucketSet buckets)
    {
        if (stream == Stream) differing = buckets;
    }

    public BucketSet TakeDiffering()
    {
        var taken = differing ?? throw new InvalidOperationException("nothing differs");
        differing = null;
        return taken;
    }

    /// <summary>What the owner's table put right since it was made.</summary>
    public void Repaired(Repairs total) => repairs = total;

    public Repairs TakeRepairs() => reported = repairs;

    /// <summary>The owner applied everything up to this change of the stream. False: of another stream, or a thing that never arrived.</summary>
    public bool TryApply(StreamId stream, long sequence)
    {
        if (stream != Stream || sequence > Received) return false;
        Applied = Math.Max(Applied, sequence);
        if (Applied >= snapshotEnd)
        {
            snapshotEnd = long.MaxValue;
            Copy = CopyMachine.Next(Copy, CopyEvent.SnapshotApplied);
        }

        return true;
    }

    /// <summary>Keeps a retraction until the active has it. False: too many are kept already; the copy is to be given up.</summary>
    public bool TryRetract(in Retraction retraction)
    {
        if (unconfirmed.Count >= limits.Retractions) return false;
        unconfirmed.Enqueue(retraction);
        return true;
    }

    public long TakeAcknowledgement() => acknowledged = Applied;

    /// <summary>Writes retractions that are to be sent; returns how many, the first one has the number given.</summary>
    public int TakeRetractions(Span<Retraction> destination, out long first)
    {
        first = confirmed + sent + 1;
        var count = 0;
        foreach (var retraction in unconfirmed.Skip(sent).Take(destination.Length)) destination[count++] = retraction;
        sent += count;
        return count;
    }

    /// <summary>The active has so many retractions of this stream. False: more than there were, against the protocol.</summary>
    public bool Confirm(long count)
    {
        if (count > confirmed + unconfirmed.Count) return false;
        while (confirmed < count)
        {
            unconfirmed.Dequeue();
            confirmed++;
            if (sent > 0) sent--;
        }

        return true;
    }
}
