using ActorMirror.Domain.Connections;

namespace ActorMirror.MirrorChannel.Wire;

/// <content>The frames of reconciliation.</content>
public static partial class Frames
{
    public static int Digest(Span<byte> frame, TableDigest digest)
    {
        var writer = new WireWriter(frame[HeaderSize..]);
        writer.U64((ulong)digest.Sequence);
        foreach (var sum in digest.Sums) writer.U64(sum);
        return Finish(frame, FrameType.Digest, writer.Position);
    }

    public static bool TryReadDigest(ReadOnlySpan<byte> body, out TableDigest digest)
    {
        var reader = new WireReader(body);
        digest = new TableDigest(reader.Number(), new ulong[FlowDigest.BucketCount]);
        foreach (ref var sum in digest.Sums.AsSpan()) sum = reader.U64();
        return reader.IsComplete;
    }

    public static int Differing(Span<byte> frame, BucketSet buckets)
    {
        var writer = new WireWriter(frame[HeaderSize..]);
        foreach (var word in buckets.Words) writer.U64(word);
        return Finish(frame, FrameType.Differing, writer.Position);
    }

    public static bool TryReadDiffering(ReadOnlySpan<byte> body, out BucketSet buckets)
    {
        var reader = new WireReader(body);
        Span<ulong> words = stackalloc ulong[BucketSet.WordCount];
        foreach (ref var word in words) word = reader.U64();
        buckets = new BucketSet(words);
        return reader.IsComplete;
    }

    public static int Repairs(Span<byte> frame, Repairs total)
    {
        var writer = new WireWriter(frame[HeaderSize..]);
        writer.U64((ulong)total.Ghosts);
        writer.U64((ulong)total.Missing);
        writer.U64((ulong)total.Wrong);
        return Finish(frame, FrameType.Repairs, writer.Position);
    }

    public static bool TryReadRepairs(ReadOnlySpan<byte> body, out Repairs total)
    {
        var reader = new WireReader(body);
        total = new Repairs(reader.Number(), reader.Number(), reader.Number());
        return reader.IsComplete;
    }
}
