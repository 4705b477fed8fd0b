using System.Net;
using System.Net.Sockets;

namespace ActorMirror.Lab.Traffic;

/// <summary>
/// The other end of the flows: accepts any number of them on the given ports, sends each its own numbered stream at the pace its
/// client asked for, and tells in each message what has arrived.
/// </summary>
internal sealed class TrafficServer : IDisposable
{
    private readonly EventLoop _loop = new();
    private readonly uint _instance = (uint)Environment.ProcessId;

    public TrafficServer(IReadOnlyList<IPAddress> addresses, IReadOnlyList<int> tcpPorts, IReadOnlyList<int> udpPorts)
    {
        foreach (var address in addresses)
        {
            foreach (var port in tcpPorts) _loop.Add(new TcpListenerEndpoint(_loop, new IPEndPoint(address, port), _instance));
            foreach (var port in udpPorts) _loop.Add(new UdpServerEndpoint(_loop, new IPEndPoint(address, port), _instance));
        }
    }

    public void Run(CancellationToken stop) => _loop.Run(() => !stop.IsCancellationRequested);

    public void Dispose() => _loop.Dispose();
}

internal sealed class TcpListenerEndpoint(EventLoop loop, IPEndPoint address, uint instance) : Endpoint(Listen(address))
{
    public override void Ready(long now)
    {
        try
        {
            loop.Add(new Greeting(loop, Socket!.Accept(), instance));
        }
        catch (SocketException e) when (e.SocketErrorCode is SocketError.WouldBlock or SocketError.ConnectionAborted)
        {
            // The client was gone before it was accepted.
        }
    }

    private static Socket Listen(IPEndPoint address)
    {
        var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { Blocking = false };
        socket.Bind(address);
        socket.Listen(1024);
        return socket;
    }

    /// <summary>An accepted socket that has not yet said what stream it carries.</summary>
    private sealed class Greeting(EventLoop loop, Socket socket, uint instance) : Endpoint(NonBlocking(socket))
    {
        private readonly byte[] _hello = new byte[Hello.Size];
        private int _filled;

        public override void Ready(long now)
        {
            var count = Socket!.Receive(_hello.AsSpan(_filled), SocketFlags.None, out var error);
            if (error == SocketError.WouldBlock) return;
            _filled += count;
            if (error == SocketError.Success && count > 0 && _filled < Hello.Size) return;

            if (_filled == Hello.Size && Hello.TryRead(_hello, out var flow, out var size, out var interval)) Begin(flow, size, interval, now);
            else loop.Remove(this);
        }

        private void Begin(uint flow, int size, long interval, long now)
        {
            var connection = new TcpConnection(loop, Socket!, new StreamState(flow, instance), size, interval, answers: true, listener: null);
            loop.Replace(this, connection);
            if (interval > 0) connection.SendOne(now); // a young connection shall have moved data both ways before it is 100 ms old
            connection.Start(now);
            connection.Ready(now);
        }

        private static Socket NonBlocking(Socket socket)
        {
            socket.Blocking = false;
            socket.NoDelay = true;
            return socket;
        }
    }
}

/// <summary>One socket for all UDP flows of a port; a flow is known by its client's address.</summary>
internal sealed class UdpServerEndpoint(EventLoop loop, IPEndPoint address, uint instance) : Endpoint(Bind(address))
{
    private readonly Dictionary<SocketAddress, ServedFlow> _flows = [];
    private readonly SocketAddress _sender = new(address.AddressFamily);
    private readonly byte[] _incoming = new byte[Message.MaximumSize];

    public override void Ready(long now)
    {
        // A bounded number per turn: paced flows must not wait for a flood.
        for (var turn = 0; turn < 64; turn++)
        {
            int count;
            try
            {
                if (Socket!.Available == 0) return;
                count = Socket.ReceiveFrom(_incoming, SocketFlags.None, _sender);
            }
            catch (SocketException e) when (e.SocketErrorCode is SocketError.WouldBlock or SocketError.ConnectionRefused)
            {
                return; // an ICMP error of an earlier answer
            }

            Take(_incoming.AsSpan(0, count), now);
        }
    }

    private void Take(ReadOnlySpan<byte> datagram, long now)
    {
        if (datagram.Length != Message.ValidSize(datagram.Length) || !Message.TryRead(datagram, out var header)) return;
        if (!_flows.TryGetValue(_sender, out var flow) || flow.IsClosed || flow.Stream.Flow != header.Flow || flow.Stream.Peer != header.Sender)
        {
            if (flow is not null) flow.Stop();
            var client = new SocketAddress(_sender.Family, _sender.Size);
            _sender.Buffer.Span[.._sender.Size].CopyTo(client.Buffer.Span);
            flow = new ServedFlow(loop, Socket!, client, new StreamState(header.Flow, instance), datagram.Length);
            _flows[client] = flow;
        }

        flow.Take(header, now);
    }

    private static Socket Bind(IPEndPoint address)
    {
        var socket = new Socket(address.AddressFamily, SocketType.Dgram, ProtocolType.Udp) { Blocking = false };
        socket.ReceiveBufferSize = 1 << 20;
        socket.Bind(address);
        return socket;
    }

    private sealed class ServedFlow(EventLoop loop, Socket socket, SocketAddress client, StreamState stream, int size) : Endpoint(null)
    {
        // A client that says nothing for this long is gone.
        private const long Patience = 60 * Monotonic.Second;

        private readonly byte[] _outgoing = new byte[size];
        private long _interval;
        private long _next;
        private long _heard;

        public StreamState Stream => stream;

        public void Take(in MessageHeader header, long now)
        {
            stream.Accept(header, now);
            _heard = now;
            if (_interval != 0) return;
            _interval = Math.Max(header.Interval, 1000) * Monotonic.Microsecond;
            _next = now;
            Due(now);
        }

        public void Stop() => IsClosed = true;

        public override void Due(long now)
        {
            if (now - _heard > Patience)
            {
                IsClosed = true;
                return;
            }

            _next = Math.Max(_next + _interval, now);
            loop.Schedule(this, _next);
            stream.Compose(_outgoing, 0, now);
            try
            {
                socket.SendTo(_outgoing, SocketFlags.None, client);
            }
            catch (SocketException e) when (e.SocketErrorCode is not SocketError.NotSocket)
            {
                // Unreachable for now, or a full buffer: counted by number at the client.
            }
        }

        public override void Ready(long now)
        {
        }
    }
}
