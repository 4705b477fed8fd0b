using System.Buffers;
using System.Net.Sockets;
using ActorMirror.Domain.MirrorProtocol;
using ActorMirror.MirrorChannel.Wire;

namespace ActorMirror.MirrorChannel;

/// <content>What the active hears: acknowledgements, retractions, room, what is to be repaired, and why it is over.</content>
public sealed partial class MirrorReceiver
{
    private async Task WriteAsync(Stream connection, CancellationToken cancellation)
    {
        var frame = ArrayPool<byte>.Shared.Rent(Frames.MaximumFrame);
        var buffer = new Retraction[256];
        await using var timer = time.CreateTimer(_ => work.Set(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        await using var stop = cancellation.Register(work.Set);
        try
        {
            while (true)
            {
                for (var length = NextFrame(frame, buffer); length > 0; length = NextFrame(frame, buffer))
                    await connection.WriteAsync(frame.AsMemory(0, length), cancellation);
                timer.Change(options.Limits.KeepAlive, Timeout.InfiniteTimeSpan);
                await work.WaitAsync();
                cancellation.ThrowIfCancellationRequested();
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(frame);
        }
    }

    private TimeSpan wrote;

    /// <summary>Encodes what the active should hear next; 0: nothing now.</summary>
    private int NextFrame(Span<byte> frame, Span<Retraction> buffer)
    {
        lock (gate)
        {
            var length = stream switch
            {
                { UnsentRetractions: > 0 } => Frames.Retractions(frame, FirstOf(buffer, out var count), buffer[..count]),
                _ when toldRoom != room => Frames.Number(frame, FrameType.Room, toldRoom = room),
                { MustAcknowledge: true } => Frames.Number(frame, FrameType.Acknowledge, stream.TakeAcknowledgement()),
                { MustAsk: true } => Frames.Differing(frame, stream.TakeDiffering()),
                { MustReport: true } => Frames.Repairs(frame, stream.TakeRepairs()),
                _ when Now - wrote >= options.Limits.KeepAlive => Frames.Ping(frame),
                _ => 0,
            };
            if (length > 0) wrote = Now;
            return length;
        }
    }

    private long FirstOf(Span<Retraction> buffer, out int count)
    {
        count = stream.TakeRetractions(buffer, out var first);
        return first;
    }

    /// <summary>Tells the active why, if that is possible at once: a full socket is not waited for.</summary>
    private async Task GoodbyeAsync(Stream connection, Session session)
    {
        try
        {
            using var brief = new CancellationTokenSource(options.Limits.KeepAlive, time);
            var frame = new byte[512];
            await connection.WriteAsync(frame.AsMemory(0, Frames.Close(frame, session.Reason)), brief.Token);
        }
        catch (Exception e) when (e is IOException or SocketException or OperationCanceledException or InvalidOperationException)
        {
            // The connection is over: nobody is left to be told.
        }
    }
}
