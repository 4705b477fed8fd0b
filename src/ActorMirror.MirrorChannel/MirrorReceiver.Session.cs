using System.Net.Sockets;
using ActorMirror.Domain.MirrorProtocol;
using ActorMirror.MirrorChannel.Wire;

namespace ActorMirror.MirrorChannel;

/// <content>One connection: judged first; an accepted one takes the place of the last, whose active may have noticed its end before we did.</content>
public sealed partial class MirrorReceiver
{
    private readonly SemaphoreSlim turn = new(1, 1);
    private Session? current;

    /// <summary>Serves a connection until it ends, and closes it. Never throws; what was wrong is in the status.</summary>
    public async Task RunAsync(MirrorConnection connection, CancellationToken cancellation)
    {
        await using var closing = connection;
        using var session = new Session(connection, cancellation);
        using var reader = new FrameReader(connection.Stream);
        try
        {
            await using var watchdog = time.CreateTimer(_ => EndIfOver(session), null, options.Limits.Silence / 8, options.Limits.Silence / 8);
            session.Heard = Now;
            session.IsReading = true;
            if (await ReadHelloAsync(connection.Stream, reader, session) is not { } hello) return;
            await ServeAsync(connection.Stream, reader, session, hello);
        }
        catch (Exception e)
        {
            session.End(e switch
            {
                OperationCanceledException => "stopped",
                IOException or SocketException or MirrorProtocolException => e.Message,
                _ => e.ToString(),
            });
        }
        finally
        {
            await GoodbyeAsync(connection.Stream, session);
        }
    }

    /// <summary>The hello if it is acceptable; a refused one was answered.</summary>
    private async Task<MirrorHello?> ReadHelloAsync(Stream connection, FrameReader reader, Session session)
    {
        if (await reader.ReadAsync(session.Token) is not { } frame) return null;
        var refusal = MirrorRefusal.Malformed;
        var detail = $"the first frame ({frame.Type}) is no hello that can be read";
        MirrorHello? hello = null;
        if (frame.Type == FrameType.Hello && Frames.TryReadHello(frame.Body.Span, out hello))
        {
            (refusal, detail) = expected() is { } acceptance
                ? (acceptance.Judge(hello, session.Connection.Device, out var judged), judged)
                : (MirrorRefusal.NotMirror, "this device mirrors nobody for this traffic group");
        }

        if (refusal == MirrorRefusal.None) return hello;
        Refused($"{refusal}: {detail}");
        var answer = new MirrorHelloAnswer(refusal, 0, options.Self, 0, 0, StreamId.None, 0, 0, Platform.Description, detail);
        var bytes = new byte[1024];
        await connection.WriteAsync(bytes.AsMemory(0, Frames.HelloAnswer(bytes, answer)), session.Token);
        return null;
    }

    /// <summary>Somebody who wanted to be mirrored was sent away; told also by whoever accepts the connections.</summary>
    public void Refused(string reason)
    {
        lock (gate)
        {
            // A session that stands is not disturbed by somebody else's try.
            if (stream.Link == LinkState.Established) return;
            stream.Handle(LinkEvent.Connected);
            stream.Handle(LinkEvent.Refused);
            Enter(reason);
        }
    }

    private async Task ServeAsync(Stream connection, FrameReader reader, Session session, MirrorHello hello)
    {
        lock (gate) current?.End("another connection took its place");
        await turn.WaitAsync(session.Token);
        try
        {
            var answer = Open(session, hello);
            var bytes = new byte[1024];
            await connection.WriteAsync(bytes.AsMemory(0, Frames.HelloAnswer(bytes, answer)), session.Token);
            var reading = ReadAsync(reader, session);
            var writing = WriteAsync(connection, session.Token);
            var first = await Task.WhenAny(reading, writing);
            await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding); // it may have ended within a call of the table's owner
            session.End(first.IsFaulted ? first.Exception.InnerException!.Message : "the active closed the connection");
            await Task.WhenAll(reading, writing).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await first;
        }
        finally
        {
            lock (gate)
            {
                current = null;
                stream.Handle(LinkEvent.Lost);
                Enter(session.Reason);
            }

            turn.Release();
        }
    }

    private MirrorHelloAnswer Open(Session session, MirrorHello hello)
    {
        lock (gate)
        {
            current = session;
            var (held, received, applied) = stream.Open(hello.Stream, hello.RetractionsSeen, hello.Features);
            if (held != hello.Stream) batches = new BatchPool(options.Limits.BatchesInHand);
            (peer, peerPlatform) = (hello.Device, hello.Platform);
            (path, isAuthenticated) = (session.Connection.Path, session.Connection.Device is not null);
            stream.Handle(LinkEvent.Connected);
            stream.Handle(LinkEvent.Accepted);
            Enter(held == hello.Stream ? "resumed" : "no copy yet");
            var version = ProtocolVersion.Choose(hello.MinimumVersion, hello.MaximumVersion);
            return new(MirrorRefusal.None, version, options.Self, MirrorFeatures.Own, toldRoom = room, held, received, applied, Platform.Description, "");
        }
    }

    private async Task ReadAsync(FrameReader reader, Session session)
    {
        while (true)
        {
            (session.Heard, session.IsReading) = (Now, true);
            var read = await reader.ReadAsync(session.Token);
            session.IsReading = false;
            if (read is not { } frame) return;
            lock (gate) bytesReceived += frame.Body.Length + Frames.HeaderSize;
            if (frame.Type == FrameType.Changes) await HandOverAsync(frame, session);
            else if (frame.Type == FrameType.Digest) await CompareAsync(frame);
            else ReceivedControl(frame);
        }
    }

    private async ValueTask HandOverAsync(Frame frame, Session session)
    {
        var pool = batches;
        var batch = await pool.TakeAsync(session.Token);
        var isReadable = Frames.TryReadChanges(frame.Body.Span, batch.Buffer, out var count);
        lock (gate)
        {
            session.Token.ThrowIfCancellationRequested(); // the copy was given up meanwhile: the batch is not of the next one
            (batch.Stream, batch.Count) = (stream.Stream, count);
            var violation = isReadable ? stream.Take(batch.Changes) : "a frame of changes that cannot be read";
            if (violation is not null)
            {
                // The same changes would come again after a resume: only a snapshot leads out.
                GiveUp(violation);
                throw new MirrorProtocolException(violation);
            }

            Enter("");
        }

        try
        {
            await owner.ApplyAsync(this, batch);
        }
        catch
        {
            Forget("the owner of the copy did not take a batch");
            throw;
        }
    }

    /// <summary>An owner that still has one in hand misses this one: there will be others.</summary>
    private async ValueTask CompareAsync(Frame frame)
    {
        if (!Frames.TryReadDigest(frame.Body.Span, out var digest)) throw new MirrorProtocolException("a digest that cannot be read");
        StreamId of;
        lock (gate)
        {
            if (stream.TakeDigest(digest) is { } violation) throw new MirrorProtocolException(violation);
            if (comparing) return;
            comparing = true;
            of = stream.Stream;
        }

        try
        {
            await owner.CompareAsync(this, of, digest);
        }
        catch
        {
            lock (gate) comparing = false;
            throw;
        }
    }

    private void ReceivedControl(in Frame frame)
    {
        var body = frame.Body.Span;
        switch (frame.Type)
        {
            case FrameType.Ping:
                break;
            case FrameType.ConfirmRetractions when Frames.TryReadNumber(body, out var count):
                lock (gate)
                {
                    if (!stream.Confirm(count)) throw new MirrorProtocolException($"the active confirmed {count} retractions");
                }

                break;
            case FrameType.Account when Frames.TryReadAccount(body, out var account, out var oldestAge):
                lock (gate) lastWord = new LastWord(account, oldestAge, time.GetTimestamp());
                break;
            default:
                throw new MirrorProtocolException($"the active sent a frame of type {frame.Type} that cannot be read");
        }
    }

    private void EndIfOver(Session session)
    {
        if (session.Connection.Objection() is { } objection) session.End(objection);
        if (session.IsReading && Now - session.Heard >= options.Limits.Silence)
            session.End($"the active was silent for {options.Limits.Silence.TotalSeconds:0.###} s");
    }

    /// <summary>What can end a connection from outside, and why it did.</summary>
    private sealed class Session(MirrorConnection connection, CancellationToken cancellation) : IDisposable
    {
        private readonly CancellationTokenSource ending = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        private string? reason;

        public MirrorConnection Connection => connection;

        public CancellationToken Token => ending.Token;

        public string Reason => reason ?? "";

        /// <summary>Silence counts only while this end listens: an owner that is slow is no silence of the active.</summary>
        public volatile bool IsReading;

        public TimeSpan Heard { get; set; }

        /// <summary>The first reason stands.</summary>
        public void End(string why)
        {
            if (Interlocked.CompareExchange(ref reason, why, null) is not null) return;
            try
            {
                _ = ending.CancelAsync(); // its callbacks run elsewhere: this may be called with the lock held
            }
            catch (ObjectDisposedException)
            {
                // It had ended by itself.
            }
        }

        public void Dispose() => ending.Dispose();
    }
}
