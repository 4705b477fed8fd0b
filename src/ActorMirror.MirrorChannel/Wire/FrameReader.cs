using System.Buffers;
using System.Buffers.Binary;

namespace ActorMirror.MirrorChannel.Wire;

/// <summary>A frame as it arrived; the body is valid until the next one is read.</summary>
public readonly record struct Frame(FrameType Type, ReadOnlyMemory<byte> Body);

/// <summary>Cuts a stream of bytes into frames, in one buffer of the size of the largest frame.</summary>
public sealed class FrameReader(Stream stream) : IDisposable
{
    private readonly byte[] buffer = ArrayPool<byte>.Shared.Rent(Frames.MaximumFrame);
    private int start;
    private int end;

    /// <summary>The next frame; null when the peer closed the stream between two frames.</summary>
    /// <exception cref="MirrorProtocolException">The stream ended inside a frame, or a frame is longer than allowed.</exception>
    public async ValueTask<Frame?> ReadAsync(CancellationToken cancellation)
    {
        while (true)
        {
            if (TryTake(out var frame)) return frame;
            if (start > 0)
            {
                buffer.AsSpan(start, end - start).CopyTo(buffer);
                (start, end) = (0, end - start);
            }

            var read = await stream.ReadAsync(buffer.AsMemory(end, Frames.MaximumFrame - end), cancellation);
            if (read == 0) return end == 0 ? null : throw new MirrorProtocolException("the stream ended inside a frame");
            end += read;
        }
    }

    public void Dispose() => ArrayPool<byte>.Shared.Return(buffer);

    private bool TryTake(out Frame frame)
    {
        frame = default;
        if (end - start < Frames.HeaderSize) return false;
        var length = BinaryPrimitives.ReadUInt32BigEndian(buffer.AsSpan(start));
        if (length is 0 or > Frames.MaximumFrame - 4) throw new MirrorProtocolException($"a frame of {length} bytes");
        if (end - start < length + 4) return false;
        frame = new Frame((FrameType)buffer[start + 4], buffer.AsMemory(start + Frames.HeaderSize, (int)length - 1));
        start += (int)length + 4;
        if (start == end) start = end = 0;
        return true;
    }
}
