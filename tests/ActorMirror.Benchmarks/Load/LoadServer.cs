using System.Net;
using System.Net.Sockets;
using ActorMirror.Lab.Traffic;

namespace ActorMirror.Benchmarks.Load;

/// <summary>The other end of all loads: sends back what comes (<see cref="EchoPort"/>), or swallows it and tells at its end how much it was (<see cref="SinkPort"/>).</summary>
internal sealed class LoadServer : IDisposable
{
    public const int EchoPort = 5000;
    public const int SinkPort = 5009;

    private const int Backlog = 4096;

    private readonly EventLoop _loop = new();

    public LoadServer()
    {
        // One buffer for all connections: there is one thread, and nothing stays in it.
        var buffer = new byte[256 * 1024];
        Listen(EchoPort, socket => new Echo(_loop, socket, buffer));
        Listen(SinkPort, socket => new Sink(_loop, socket, buffer));
    }

    public void Run(CancellationToken stop) => _loop.Run(() => !stop.IsCancellationRequested);

    public void Dispose() => _loop.Dispose();

    private void Listen(int port, Func<Socket, Endpoint> accepted)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { Blocking = false };
        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
        socket.Bind(new IPEndPoint(IPAddress.Any, port));
        socket.Listen(Backlog);
        _loop.Add(new Listener(_loop, socket, accepted));
    }

    private sealed class Listener(EventLoop loop, Socket socket, Func<Socket, Endpoint> accepted) : Endpoint(socket)
    {
        // Level triggered: what is left over is told again.
        private const int AtOnce = 64;

        public override void Ready(long now)
        {
            for (var i = 0; i < AtOnce && Socket!.Poll(0, SelectMode.SelectRead); i++)
            {
                try
                {
                    var connection = Socket.Accept();
                    connection.Blocking = false;
                    connection.NoDelay = true;
                    loop.Add(accepted(connection));
                }
                catch (SocketException)
                {
                    // It was reset while it waited.
                }
            }
        }
    }

    private abstract class Conversation(EventLoop loop, Socket socket, byte[] buffer) : Endpoint(socket)
    {
        public override void Ready(long now)
        {
            if (IsClosed) return;
            var count = Socket!.Receive(buffer, SocketFlags.None, out var error);
            if (error == SocketError.WouldBlock) return;
            if (error == SocketError.Success && count > 0)
            {
                Take(buffer.AsSpan(0, count));
                return;
            }

            if (error == SocketError.Success) AtEnd();
            IsClosed = true;
            loop.Remove(this);
        }

        protected abstract void Take(ReadOnlySpan<byte> bytes);

        protected virtual void AtEnd()
        {
        }
    }

    /// <summary>Requests are small and never more than a few on the way: the answer always fits.</summary>
    private sealed class Echo(EventLoop loop, Socket socket, byte[] buffer) : Conversation(loop, socket, buffer)
    {
        protected override void Take(ReadOnlySpan<byte> bytes) => Socket!.Send(bytes, SocketFlags.None, out _);
    }

    private sealed class Sink(EventLoop loop, Socket socket, byte[] buffer) : Conversation(loop, socket, buffer)
    {
        private long _taken;

        protected override void Take(ReadOnlySpan<byte> bytes) => _taken += bytes.Length;

        protected override void AtEnd() => Socket!.Send(BitConverter.GetBytes(_taken), SocketFlags.None, out _);
    }
}
