using System.Net;
using System.Net.Sockets;
using ActorMirror.Lab.Traffic;

namespace ActorMirror.Benchmarks.Load;

/// <summary>As many bytes as go through, over some connections at once.</summary>
internal static class Bulk
{
    private const int PieceBytes = 128 * 1024;

    /// <returns>Bytes per second that arrived, by the servers' count, from the first byte to the last acknowledgement.</returns>
    public static double Run(IPEndPoint target, int connections, TimeSpan time)
    {
        var taken = new long[connections];
        var sockets = Enumerable.Range(0, connections).Select(_ => Open(target)).ToArray();
        var begin = Monotonic.Now;
        var end = begin + time.Ticks * TimeSpan.NanosecondsPerTick;
        var threads = sockets.Select((socket, i) => new Thread(() => taken[i] = Send(socket, end))).ToArray();
        foreach (var thread in threads) thread.Start();
        foreach (var thread in threads) thread.Join();
        return taken.Sum() / ((Monotonic.Now - begin) / (double)Monotonic.Second);
    }

    private static Socket Open(IPEndPoint target)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Connect(target);
        return socket;
    }

    private static long Send(Socket socket, long end)
    {
        using (socket)
        {
            var piece = new byte[PieceBytes];
            while (Monotonic.Now < end) socket.Send(piece);
            socket.Shutdown(SocketShutdown.Send);
            Span<byte> answer = stackalloc byte[sizeof(long)];
            var got = 0;
            while (got < answer.Length && socket.Receive(answer[got..]) is > 0 and var count) got += count;
            return got == answer.Length ? BitConverter.ToInt64(answer) : throw new IOException("the server did not say how much it got");
        }
    }
}
