using System.Net;
using System.Net.Sockets;
using ActorMirror.Benchmarks.Figures;
using ActorMirror.Lab.Traffic;

namespace ActorMirror.Benchmarks.Load;

/// <summary>Round trips of requests that were due since the last report, milliseconds.</summary>
/// <param name="Ended">Connections that ended, since the start.</param>
/// <param name="Unanswered">Requests on the way, the oldest for <paramref name="OldestMs"/>.</param>
internal sealed record ProbeReport(int Count, double P50Ms, double P99Ms, double MaxMs, int Ended, int Unanswered, double OldestMs);

/// <summary>
/// Paced requests on standing connections, and how long their answers take. The pace does not wait for answers, and a request counts from when it was due: a
/// silence counts once for every request that fell into it.
/// </summary>
internal sealed class Probe : IDisposable
{
    private const int RequestBytes = 16;

    private readonly EventLoop _loop = new();
    private readonly List<double> _trips = [];
    private readonly List<Stream> _streams = [];
    private long _since;

    public Probe(IPEndPoint target, int connections, long interval)
    {
        for (var i = 0; i < connections; i++)
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            socket.Connect(target);
            socket.Blocking = false;
            var stream = new Stream(this, socket, interval);
            _streams.Add(stream);
            _loop.Add(stream);
            _loop.Schedule(stream, Monotonic.Now + interval * i / connections); // one after the other
        }
    }

    public void Run(Func<bool> running) => _loop.Run(running);

    /// <summary>What was measured since the last call; a request that was on its way then is in neither report.</summary>
    public ProbeReport Report()
    {
        var now = Monotonic.Now;
        var waiting = _streams.Where(s => !s.IsClosed).ToList();
        var oldest = waiting.Select(s => s.Oldest).Where(at => at > 0).DefaultIfEmpty(now).Min();
        var report = new ProbeReport(
            _trips.Count, At(0.5), At(0.99), At(1), _streams.Count(s => s.IsClosed), waiting.Sum(s => s.Waiting), Monotonic.Milliseconds(now - oldest));
        _trips.Clear();
        _since = now;
        return report;

        double At(double share) => _trips.Count == 0 ? 0 : Statistics.Quantile(_trips, share);
    }

    public void Dispose() => _loop.Dispose();

    private void Answered(long due, long now)
    {
        if (due >= _since) _trips.Add(Monotonic.Milliseconds(now - due));
    }

    private sealed class Stream(Probe probe, Socket socket, long interval) : Endpoint(socket)
    {
        private readonly byte[] _request = new byte[RequestBytes];
        private readonly byte[] _incoming = new byte[RequestBytes * 256];
        private readonly Queue<long> _due = new();
        private int _bytes;
        private long _at;

        public int Waiting => _due.Count;

        public long Oldest => _due.TryPeek(out var at) ? at : 0;

        public override void Due(long now)
        {
            if (_at == 0) _at = now;
            _due.Enqueue(_at);
            Socket!.Send(_request, SocketFlags.None, out var error);
            _at += interval;
            probe._loop.Schedule(this, _at);
            if (error is not SocketError.Success) Close();
        }

        public override void Ready(long now)
        {
            if (IsClosed) return;
            var count = Socket!.Receive(_incoming, SocketFlags.None, out var error);
            if (error == SocketError.WouldBlock) return;
            if (count == 0)
            {
                Close();
                return;
            }

            for (_bytes += count; _bytes >= RequestBytes; _bytes -= RequestBytes) probe.Answered(_due.Dequeue(), now);
        }

        private void Close()
        {
            IsClosed = true;
            probe._loop.Remove(this);
        }
    }
}
