using System.Buffers.Binary;
using System.Net.Sockets;

namespace ActorMirror.Lab.Traffic;

/// <summary>The first bytes of a TCP flow, from the client: what the stream will look like, in both directions.</summary>
internal static class Hello
{
    public const int Size = 20;

    private const uint Magic = 0x414D4C31; // "AML1"

    /// <exception cref="SocketException">The socket took none of it: 20 bytes always fit into a fresh socket's buffer.</exception>
    public static void Send(Socket socket, uint flow, int messageSize, long interval)
    {
        Span<byte> hello = stackalloc byte[Size];
        BinaryPrimitives.WriteUInt32LittleEndian(hello, Magic);
        BinaryPrimitives.WriteUInt32LittleEndian(hello[4..], flow);
        BinaryPrimitives.WriteInt32LittleEndian(hello[8..], messageSize);
        BinaryPrimitives.WriteInt64LittleEndian(hello[12..], interval);
        socket.Send(hello);
    }

    public static bool TryRead(ReadOnlySpan<byte> hello, out uint flow, out int messageSize, out long interval)
    {
        flow = BinaryPrimitives.ReadUInt32LittleEndian(hello[4..]);
        messageSize = BinaryPrimitives.ReadInt32LittleEndian(hello[8..]);
        interval = BinaryPrimitives.ReadInt64LittleEndian(hello[12..]);
        return BinaryPrimitives.ReadUInt32LittleEndian(hello) == Magic && messageSize == Message.ValidSize(messageSize) && interval >= 0;
    }
}
