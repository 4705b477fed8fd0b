using System.Net;
using System.Net.Sockets;

namespace ActorMirror.Lab.Traffic;

/// <summary>The client's end of a UDP flow: one connected socket from start to end.</summary>
internal sealed class UdpFlow : Endpoint
{
    private readonly EventLoop _loop;
    private readonly StreamState _stream;
    private readonly IFlowListener _listener;
    private readonly long _interval;
    private readonly byte[] _outgoing;
    private readonly byte[] _incoming;
    private bool _open;
    private long _next;

    public UdpFlow(EventLoop loop, IPEndPoint target, IPAddress? source, StreamState stream, int size, long interval, IFlowListener listener)
        : base(Open(target, source))
    {
        (_loop, _stream, _listener, _interval) = (loop, stream, listener, interval);
        _outgoing = new byte[size];
        _incoming = new byte[size];
        loop.Add(this);
        _next = Monotonic.Now + interval * (stream.Flow * 7 % 64) / 64;
        loop.Schedule(this, _next);
    }

    public override void Due(long now)
    {
        _next = Monotonic.NextBeat(_next, _interval, now);
        _loop.Schedule(this, _next);
        _stream.Compose(_outgoing, (uint)(_interval / Monotonic.Microsecond), now);

        // An ICMP error of an earlier datagram is told here once and means nothing for this one: what is lost is counted by number.
        _ = Socket!.Send(_outgoing, SocketFlags.None, out _);
    }

    public override void Ready(long now)
    {
        // All that is there, within a bound: what stays in the socket's queue would make the answers old, and then look lost.
        for (var turn = 0; turn < 64 && !IsClosed && TakeOne(now); turn++)
        {
        }
    }

    private bool TakeOne(long now)
    {
        var count = Socket!.Receive(_incoming, SocketFlags.None, out var error);
        if (error != SocketError.Success) return false;
        var end = count == _incoming.Length && Message.TryRead(_incoming, out var header) ? _stream.Accept(header, now) : Corrupt(out header);
        if (end != FlowEnd.None)
        {
            Close(end, now);
            return false;
        }

        if (!_open) _listener.Opened(now);
        _open = true;
        _listener.Arrived(header, now);
        return true;
    }

    public void Close(FlowEnd reason, long now)
    {
        if (IsClosed) return;
        IsClosed = true;
        _loop.Remove(this);
        _listener.Ended(reason, now);
    }

    private static FlowEnd Corrupt(out MessageHeader header)
    {
        header = default;
        return FlowEnd.Corrupt;
    }

    private static Socket Open(IPEndPoint target, IPAddress? source)
    {
        var socket = new Socket(target.AddressFamily, SocketType.Dgram, ProtocolType.Udp) { Blocking = false };
        if (source is not null) socket.Bind(new IPEndPoint(source, 0));
        socket.Connect(target);
        return socket;
    }
}
