using System.Buffers.Binary;
using ActorMirror.Domain.Cluster;

namespace ActorMirror.Cluster.Corosync;

internal enum MessageKind : byte
{
    /// <summary>An ordered command of the product; opaque here.</summary>
    Command = 1,

    /// <summary>8 bytes: the sender's Stopwatch timestamp.</summary>
    Heartbeat = 2,

    /// <summary>4 bytes: process id of the dead worker whose device is fenced. Only in the supervisors' group.</summary>
    Fenced = 3,
}

/// <summary>
/// What travels in a CPG message, little endian:
/// <code>
/// 0 version (1) | 1 kind | 2..3 zero | 4..7 representative of the ring it was decided in | 8..15 sequence of that ring | 16.. payload
/// </code>
/// The ring is there because corosync accepts a message while the ring breaks and delivers it in the next one. The sender's
/// incarnation is not: CPG names the sending process beside every message, and its word cannot be forged or forgotten.
/// </summary>
internal readonly ref struct ClusterMessage
{
    public const int HeaderLength = 16;

    private const byte Version = 1;

    private ClusterMessage(MessageKind kind, RingId ring, ReadOnlySpan<byte> payload)
    {
        Kind = kind;
        Ring = ring;
        Payload = payload;
    }

    public MessageKind Kind { get; }

    public RingId Ring { get; }

    public ReadOnlySpan<byte> Payload { get; }

    public static void WriteHeader(Span<byte> target, MessageKind kind, RingId ring)
    {
        target[..HeaderLength].Clear();
        target[0] = Version;
        target[1] = (byte)kind;
        BinaryPrimitives.WriteUInt32LittleEndian(target[4..], ring.Representative);
        BinaryPrimitives.WriteUInt64LittleEndian(target[8..], ring.Sequence);
    }

    /// <returns>False: of another version, of an unknown kind, or too short for its kind.</returns>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out ClusterMessage message)
    {
        message = default;
        if (bytes.Length < HeaderLength || bytes[0] != Version)
            return false;
        var ring = new RingId(BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]), BinaryPrimitives.ReadUInt64LittleEndian(bytes[8..]));
        message = new ClusterMessage((MessageKind)bytes[1], ring, bytes[HeaderLength..]);
        return message.Kind switch
        {
            MessageKind.Command => true,
            MessageKind.Heartbeat => message.Payload.Length == sizeof(long),
            MessageKind.Fenced => message.Payload.Length == sizeof(uint),
            _ => false,
        };
    }
}
