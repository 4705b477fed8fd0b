using System.Net;
using System.Net.Sockets;

namespace ActorMirror.Lab.Traffic;

/// <summary>
/// One end of a TCP flow: sends its own numbered stream at its pace and checks the other's. The pace does not wait for the other
/// side; what the socket does not take stays here and goes first at the next beat.
/// </summary>
/// <param name="interval">Between two messages, in nanoseconds; 0: only when asked, or in answer.</param>
internal sealed class TcpConnection(
    EventLoop loop, Socket socket, StreamState stream, int size, long interval, bool answers, IFlowListener? listener) : Endpoint(socket)
{
    private readonly byte[] _outgoing = new byte[size];
    private readonly byte[] _incoming = new byte[Math.Max(2 * size, 1024)];
    private int _unsent;
    private int _filled;
    private long _next;
    private bool _connecting;

    public StreamState State => stream;

    public FlowEnd End { get; private set; }

    /// <summary>Opens towards a server; <see cref="IFlowListener.Opened"/> tells when the handshake is done.</summary>
    public static TcpConnection Connect(
        EventLoop loop, IPEndPoint target, IPAddress? source, StreamState stream, int size, long interval, IFlowListener listener)
    {
        var socket = new Socket(target.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { Blocking = false, NoDelay = true };
        if (source is not null) socket.Bind(new IPEndPoint(source, 0));
        var connection = new TcpConnection(loop, socket, stream, size, interval, answers: false, listener) { _connecting = true };
        try
        {
            socket.Connect(target);
            loop.Add(connection, connecting: true);
        }
        catch (SocketException e) when (e.SocketErrorCode is SocketError.WouldBlock or SocketError.InProgress)
        {
            loop.Add(connection, connecting: true); // the usual way: epoll says when the handshake is done
        }
        catch (SocketException e)
        {
            loop.Add(connection);
            connection.Close(FlowEnds.Of(e.SocketErrorCode), Monotonic.Now);
        }

        return connection;
    }

    /// <summary>Begins the paced stream, at a phase of its own so that hundreds of flows do not send in one instant.</summary>
    public void Start(long now)
    {
        if (interval == 0) return;
        _next = now + interval * (stream.Flow * 7 % 64) / 64;
        loop.Schedule(this, _next);
    }

    /// <summary>Sends one message now (idle flows).</summary>
    public void SendOne(long now)
    {
        if (!IsClosed && !_connecting && _unsent == 0) Send(now);
    }

    public override void Ready(long now)
    {
        if (_connecting)
        {
            FinishConnect(now);
            return;
        }

        while (!IsClosed)
        {
            var room = _incoming.AsSpan(_filled);
            var count = Socket!.Receive(room, SocketFlags.None, out var error);
            if (error == SocketError.WouldBlock) return;
            if (error != SocketError.Success || count == 0)
            {
                Close(error == SocketError.Success ? FlowEnd.EndOfStream : FlowEnds.Of(error), now);
                return;
            }

            _filled += count;
            Consume(now);
            if (count < room.Length) return;
        }
    }

    public override void Due(long now)
    {
        _next = Monotonic.NextBeat(_next, interval, now);
        loop.Schedule(this, _next);
        if (_unsent > 0) Flush(now);
        if (_unsent == 0 && !IsClosed) Send(now);
    }

    public void Close(FlowEnd reason, long now)
    {
        if (IsClosed) return;
        IsClosed = true;
        End = reason;
        loop.Remove(this);
        listener?.Ended(reason, now);
    }

    private void FinishConnect(long now)
    {
        var error = (SocketError)(int)Socket!.GetSocketOption(SocketOptionLevel.Socket, SocketOptionName.Error)!;
        if (error != SocketError.Success)
        {
            Close(FlowEnds.Of(error), now);
            return;
        }

        _connecting = false;
        loop.Connected(this);
        listener?.Opened(now);
        Hello.Send(Socket, stream.Flow, size, interval);
        Send(now);
        Start(now);
    }

    private void Send(long now)
    {
        stream.Compose(_outgoing, (uint)(interval / Monotonic.Microsecond), now);
        _unsent = size;
        Flush(now);
    }

    private void Flush(long now)
    {
        _unsent -= Socket!.Send(_outgoing.AsSpan(size - _unsent), SocketFlags.None, out var error);
        if (error is not SocketError.Success and not SocketError.WouldBlock) Close(FlowEnds.Of(error), now);
    }

    private void Consume(long now)
    {
        var start = 0;
        for (; _filled - start >= size && !IsClosed; start += size)
        {
            var end = Message.TryRead(_incoming.AsSpan(start, size), out var header) ? stream.AcceptNext(header, now) : FlowEnd.Corrupt;
            if (end != FlowEnd.None)
            {
                Close(end, now);
                return;
            }

            listener?.Arrived(header, now);
            if (answers && interval == 0) SendOne(now);
        }

        _incoming.AsSpan(start, _filled - start).CopyTo(_incoming);
        _filled -= start;
    }
}
