using System.Net;
using System.Net.Sockets;
using ActorMirror.Lab.Traffic;

namespace ActorMirror.Benchmarks.Load;

/// <summary>What a storm is made of.</summary>
/// <param name="Sources">Taken in turn: the ports of one address are too few.</param>
/// <param name="Total">Connections.</param>
/// <param name="Rate">New ones per second; 0: as fast as answers come, <paramref name="Concurrency"/> at a time.</param>
/// <param name="Keep">They stay open until the end.</param>
internal sealed record StormSpec(IPEndPoint Target, IReadOnlyList<IPAddress> Sources, int Total, double Rate, int Concurrency, bool Keep);

/// <param name="Seconds">From the first to the last answer or failure.</param>
internal sealed record StormReport(int Answered, int Failed, double Seconds);

/// <summary>Connections, each with one request and its answer, then closed as usual: FIN by the client first.</summary>
internal sealed class Storm(StormSpec spec)
{
    private const int RequestBytes = 64;

    // A SYN that was lost is sent again after a second, and after three.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly EventLoop _loop = new();
    private readonly byte[] _request = new byte[RequestBytes];
    private readonly byte[] _answer = new byte[RequestBytes];
    private int _started;
    private int _open;
    private int _answered;
    private int _failed;

    public StormReport Run(CancellationToken stop)
    {
        var begin = Monotonic.Now;
        var last = begin;
        _loop.Run(() =>
        {
            var now = Monotonic.Now;
            var due = spec.Rate > 0 ? (int)Math.Min(spec.Total, (now - begin) / (double)Monotonic.Second * spec.Rate) : spec.Total;
            while (_started < due && (spec.Rate > 0 || _open < spec.Concurrency)) Start();
            if (_answered + _failed < spec.Total) last = now;
            return !stop.IsCancellationRequested && _answered + _failed < spec.Total && now - begin < Limit;
        });
        if (!spec.Keep) _loop.Dispose();
        return new StormReport(_answered, spec.Total - _answered, (last - begin) / (double)Monotonic.Second);
    }

    private long Limit => (long)((Patience.TotalSeconds + (spec.Rate > 0 ? spec.Total / spec.Rate : 120)) * Monotonic.Second);

    private void Start()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { Blocking = false, NoDelay = true };
        // The port is chosen at connect, by the whole tuple: without this at bind, by the address alone.
        socket.SetRawSocketOption(0, 24, BitConverter.GetBytes(1)); // IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT (linux/in.h)
        socket.Bind(new IPEndPoint(spec.Sources[_started++ % spec.Sources.Count], 0));
        _open++;
        var connection = new Connection(this, socket);
        try
        {
            socket.Connect(spec.Target);
        }
        catch (SocketException e) when (e.SocketErrorCode is SocketError.WouldBlock or SocketError.InProgress)
        {
            // The usual way.
        }
        catch (SocketException)
        {
            socket.Dispose();
            Ended(answered: false);
            return;
        }

        _loop.Add(connection, connecting: true);
    }

    private void Ended(bool answered)
    {
        _open--;
        if (answered) _answered++;
        else _failed++;
    }

    private sealed class Connection(Storm storm, Socket socket) : Endpoint(socket)
    {
        private bool _isConnected;

        public override void Ready(long now)
        {
            if (IsClosed) return;
            if (!_isConnected)
            {
                if ((int)Socket!.GetSocketOption(SocketOptionLevel.Socket, SocketOptionName.Error)! != 0)
                {
                    Close(answered: false);
                    return;
                }

                _isConnected = true;
                storm._loop.Connected(this);
                Socket.Send(storm._request, SocketFlags.None, out _);
                return;
            }

            var count = Socket!.Receive(storm._answer, SocketFlags.None, out var error);
            if (error == SocketError.WouldBlock) return;
            if (storm.Keeps && count > 0)
            {
                storm.Ended(answered: true);
                return;
            }

            Close(count > 0);
        }

        private void Close(bool answered)
        {
            IsClosed = true;
            storm._loop.Remove(this);
            storm.Ended(answered);
        }
    }

    private bool Keeps => spec.Keep;
}
