using System.Threading.Channels;
using ActorMirror.Domain.MirrorProtocol;
using ActorMirror.MirrorChannel.Wire;

namespace ActorMirror.MirrorChannel;

/// <summary>Changes that arrived together; reused, so not to be touched after it was answered.</summary>
public sealed class MirrorBatch
{
    private readonly MirrorChange[] changes = new MirrorChange[Frames.MaximumElements];

    internal MirrorBatch(BatchPool pool) => Pool = pool;

    /// <summary>The stream the changes belong to; it changes only at the beginning of a snapshot.</summary>
    public StreamId Stream { get; internal set; }

    public ReadOnlySpan<MirrorChange> Changes => changes.AsSpan(0, Count);

    public long LastSequence => changes[Count - 1].Sequence;

    internal BatchPool Pool { get; }

    internal int Count { get; set; }

    internal Span<MirrorChange> Buffer => changes;
}

/// <summary>
/// The batches of a receiver. Their number is the credit of its owner: a reader that finds none waits, TCP slows the active down,
/// and the active desyncs instead of queueing without end.
/// </summary>
/// <param name="size">So many at most; made when they are needed, because a link in order needs one or two, and they are large.</param>
internal sealed class BatchPool(int size)
{
    private readonly Channel<MirrorBatch> free = Channel.CreateBounded<MirrorBatch>(size);
    private int made;

    /// <summary>By one reader at a time.</summary>
    public ValueTask<MirrorBatch> TakeAsync(CancellationToken cancellation)
    {
        if (free.Reader.TryRead(out var batch)) return new(batch);
        return made < size ? new(Made()) : free.Reader.ReadAsync(cancellation);

        MirrorBatch Made()
        {
            made++;
            return new MirrorBatch(this);
        }
    }

    public void Return(MirrorBatch batch) => free.Writer.TryWrite(batch);
}
