using System.Buffers;
using System.Net.Sockets;
using ActorMirror.Domain.MirrorProtocol;
using ActorMirror.MirrorChannel.Wire;

namespace ActorMirror.MirrorChannel;

/// <content>The connection: dial, greet, then two loops until one of them ends; and again.</content>
public sealed partial class MirrorSender
{
    private long snapshots;
    private long retractions;
    private long bytesSent;
    private string peerPlatform = "";

    private MirrorPath? path;
    private bool isAuthenticated;

    private async Task RunAsync()
    {
        var pause = new BackOff(options.Limits);
        while (!stopping.IsCancellationRequested)
        {
            var (greeted, reason) = await RunSessionAsync();
            if (greeted) pause.Reset();
            lock (gate)
            {
                if (stream.Link != LinkState.Refused) Happened(LinkEvent.Lost, reason);
                waiters.FailAll();
            }

            if (stopping.IsCancellationRequested) break;
            if (primary is not null) continue; // the channel returns to it: nothing failed
            await using var timer = time.CreateTimer(_ => redial.Set(), null, pause.Next(), Timeout.InfiniteTimeSpan);
            await using var stop = stopping.Token.Register(redial.Set);
            await redial.WaitAsync();
        }

        if (primary is not null) await primary.DisposeAsync();
    }

    /// <summary>One connection from dial to end. Whether the mirror accepted it, and why it is over.</summary>
    private async Task<(bool Greeted, string Reason)> RunSessionAsync()
    {
        using var session = CancellationTokenSource.CreateLinkedTokenSource(stopping.Token);
        var greeted = false;
        string? objection = null;
        try
        {
            Happened(LinkEvent.Dialled, status.Reason);
            await using var connection = TakePrimary() ?? await dialler.DialAsync(session.Token);
            Happened(LinkEvent.Connected, status.Reason);
            await using var watchdog = time.CreateTimer(
                _ => objection ??= CancelIfOver(connection, session), null, WatchPeriod, WatchPeriod);
            using var reader = new FrameReader(connection.Stream);
            await GreetAsync(connection, reader, session.Token);
            greeted = true;
            var reading = ReadAsync(reader, session.Token);
            var writing = WriteAsync(connection.Stream, session.Token);
            var leaving = connection.Path == MirrorPath.Primary ? Never(session.Token) : ReturnAsync(session.Token);
            var first = await Task.WhenAny(reading, writing, leaving);
            await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding); // it may have ended within a call of the table's owner
            await session.CancelAsync();
            await Task.WhenAll(reading, writing, leaving).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await first; // the other ones only ended because this one did
            return (greeted, first == leaving ? "the primary path works again" : "the mirror closed the connection");
        }
        catch (MirrorRefusedException e)
        {
            Happened(LinkEvent.Refused, e.Message);
            return (greeted, e.Message);
        }
        catch (OperationCanceledException)
        {
            return (greeted, stopping.IsCancellationRequested ? "stopped" : objection ?? "stopped");
        }
        catch (Exception e)
        {
            return (greeted, e is IOException or SocketException or MirrorProtocolException or TimeoutException ? e.Message : e.ToString());
        }
    }

    private TimeSpan WatchPeriod => options.Limits.Silence / 8;

    private static Task Never(CancellationToken end) => Task.Delay(Timeout.Infinite, end);

    private async Task GreetAsync(MirrorConnection connection, FrameReader reader, CancellationToken cancellation)
    {
        var frame = new byte[1024];
        long seen;
        lock (gate) seen = stream.RetractionsSeen;
        await connection.Stream.WriteAsync(frame.AsMemory(0, Frames.Hello(frame, options.Hello(seen))), cancellation);
        var answer = await reader.ReadAsync(cancellation) switch
        {
            { Type: FrameType.HelloAnswer } received when Frames.TryReadHelloAnswer(received.Body.Span, out var read) => read,
            { } other => throw new MirrorProtocolException($"the mirror answered the hello with {other.Type}"),
            null => throw Unanswered(connection),
        };
        if (answer.Refusal == MirrorRefusal.None && (answer.Device != options.Peer || ProtocolVersion.Choose(answer.Version, answer.Version) == 0))
            throw new MirrorProtocolException($"device {answer.Device} answered with version {answer.Version}, expected was device {options.Peer}");
        if (answer.Refusal == MirrorRefusal.None && options.OnlyIdentical && answer.Platform != Platform.Description)
        {
            answer = answer with
            {
                Refusal = MirrorRefusal.PlatformDiffers,
                Detail = $"platform-policy is identical; the mirror is '{answer.Platform}', this device '{Platform.Description}'",
            };
        }

        lock (gate)
        {
            peerPlatform = answer.Platform;
            (path, isAuthenticated) = (connection.Path, connection.Device is not null);
            if (connection.Path == MirrorPath.Secondary) returning.Left(Now);
            stream.Answered(answer, Now);
            if (stream.Link == LinkState.Established) TellAcknowledged();
            Enter(answer.Refusal != MirrorRefusal.None ? $"{answer.Refusal}: {answer.Detail}"
                : stream.Copy != CopyState.Desynced ? "resumed"
                : answer.Stream == options.Stream ? "the mirror missed changes"
                : "the mirror has no copy");
        }

        if (answer.Refusal != MirrorRefusal.None) throw new MirrorProtocolException(answer.Detail);
    }

    private async Task WriteAsync(Stream connection, CancellationToken cancellation)
    {
        var frame = ArrayPool<byte>.Shared.Rent(Frames.MaximumFrame);
        await using var timer = time.CreateTimer(_ => work.Set(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        await using var stop = cancellation.Register(work.Set);
        try
        {
            while (true)
            {
                var (length, wait) = NextFrame(frame);
                if (length > 0)
                {
                    await connection.WriteAsync(frame.AsMemory(0, length), cancellation);
                    Interlocked.Add(ref bytesSent, length);
                }
                else if (wait > TimeSpan.Zero)
                {
                    timer.Change(wait, Timeout.InfiniteTimeSpan);
                    await work.WaitAsync();
                    cancellation.ThrowIfCancellationRequested();
                }
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(frame);
        }
    }

    /// <summary>Encodes the next frame; length 0: none, and how long to wait (zero: ask again at once).</summary>
    private (int Length, TimeSpan Wait) NextFrame(Span<byte> frame)
    {
        lock (gate)
        {
            var now = Now;
            switch (stream.Next(now, out var waitUntil))
            {
                case SenderStep.SendBatch:
                    stream.Wrote(now);
                    return (Frames.Changes(frame, stream.TakeBatch(), stream.HearsHelpers), default);
                case SenderStep.ConfirmRetractions:
                    stream.Wrote(now);
                    return (Frames.Number(frame, FrameType.ConfirmRetractions, stream.TakeConfirmation()), default);
                case SenderStep.SendPing:
                    stream.Wrote(now);
                    return (Frames.Ping(frame), default);
                case SenderStep.SendAccount:
                    stream.Wrote(now);
                    return (Frames.Account(frame, stream.TakeAccount(now), stream.OldestAge(now)), default);
                case SenderStep.RequestSnapshot:
                    if (!owner.SnapshotWanted(this, stream.TakeSnapshotRequest())) stream.RequestNotTaken(now);
                    return default;
                case SenderStep.RequestChunk:
                    var (number, limit) = stream.TakeChunkRequest(now);
                    if (!owner.SnapshotChunkWanted(this, number, limit)) stream.RequestNotTaken(now);
                    return default;
                case SenderStep.RequestDigest:
                    stream.TakeDigestRequest(now);
                    if (!owner.DigestWanted(this)) stream.RequestNotTaken(now);
                    return default;
                case SenderStep.SendDigest:
                    stream.Wrote(now);
                    return (Frames.Digest(frame, stream.TakeDigest()), default);
                case SenderStep.RequestRepair:
                    if (!owner.RepairWanted(this, stream.TakeRepairRequest())) stream.RequestNotTaken(now);
                    return default;
                default:
                    // Timers tick in milliseconds: a shorter wait would spin.
                    var wait = waitUntil == TimeSpan.MaxValue ? options.Limits.KeepAlive : waitUntil - now;
                    return (0, wait < OneTick ? OneTick : wait);
            }
        }
    }

    private static readonly TimeSpan OneTick = TimeSpan.FromMilliseconds(1);

    private async Task ReadAsync(FrameReader reader, CancellationToken cancellation)
    {
        var buffer = new Retraction[Frames.MaximumElements];
        while (await reader.ReadAsync(cancellation) is { } frame)
        {
            lock (gate)
            {
                stream.Heard(Now);
                Received(frame, buffer);
            }

            work.Set();
        }
    }

    private void Received(in Frame frame, Retraction[] buffer)
    {
        var body = frame.Body.Span;
        switch (frame.Type)
        {
            case FrameType.Ping:
                break;
            case FrameType.Acknowledge when Frames.TryReadNumber(body, out var sequence):
                if (!stream.TryAcknowledge(sequence, Now)) throw new MirrorProtocolException($"the mirror acknowledged change {sequence} of {stream.Sent}");
                TellAcknowledged();
                waiters.Complete(stream.IsApplied);
                Enter("");
                break;
            case FrameType.Retractions when Frames.TryReadRetractions(body, buffer, out var first, out var count):
                var known = stream.KnownRetractions(first, count);
                if (count > known && !owner.Retracted(this, buffer.AsSpan(known, count - known)))
                    throw new IOException("the owner of the table is behind: the mirror is to send its retractions again");
                stream.CountRetractions(first, count);
                retractions += count - known;
                break;
            case FrameType.Room when Frames.TryReadNumber(body, out var room):
                stream.RoomChanged((int)Math.Clamp(room, 0, int.MaxValue));
                break;
            case FrameType.Differing when Frames.TryReadDiffering(body, out var buckets):
                stream.Differs(buckets);
                break;
            case FrameType.Repairs when Frames.TryReadRepairs(body, out var total):
                stream.CountRepairs(total);
                break;
            case FrameType.Close when Frames.TryReadClose(body, out var reason):
                throw new MirrorProtocolException($"the mirror closed the channel: {reason}");
            default:
                throw new MirrorProtocolException($"the mirror sent a frame of type {frame.Type} that cannot be read");
        }
    }

    /// <summary>Ends a session whose mirror is silent, or trusted no more. Why; null: it goes on.</summary>
    private string? CancelIfOver(MirrorConnection connection, CancellationTokenSource session)
    {
        string? reason;
        lock (gate) reason = stream.IsSilent(Now) ? $"the mirror was silent for {options.Limits.Silence.TotalSeconds:0.###} s" : null;
        reason ??= connection.Objection();
        if (reason is null) return null;
        try
        {
            session.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // The session ended while its last tick was on the way.
        }

        return reason;
    }

    private void Happened(LinkEvent happened, string reason)
    {
        lock (gate)
        {
            stream.Handle(happened, Now);
            Enter(reason);
        }
    }
}
