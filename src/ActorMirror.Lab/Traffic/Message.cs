using System.Runtime.InteropServices;

namespace ActorMirror.Lab.Traffic;

/// <summary>
/// The head of each message of a stream. It numbers the message, and tells the other side how much of *its* stream has arrived, so
/// that a client's record covers both directions.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
internal struct MessageHeader
{
    /// <summary>Which flow of the client.</summary>
    public uint Flow;

    /// <summary>Which process sent it: a UDP flow that suddenly reaches another server shows by this.</summary>
    public uint Sender;

    /// <summary>Counts from 0 in each direction.</summary>
    public long Sequence;

    /// <summary>How many different messages of the other side have arrived.</summary>
    public long Received;

    /// <summary>One more than the highest sequence that has arrived; equal to <see cref="Received"/> on TCP.</summary>
    public long Expected;

    /// <summary>Pace the receiver of this message shall send at, in microseconds; 0: only in answer.</summary>
    public uint Interval;

    /// <summary>Longest silence the sender of this message saw lately, in microseconds.</summary>
    public uint Silence;

    /// <summary>How long ago that silence ended, in microseconds.</summary>
    public uint SilenceAge;

    private readonly uint _reserved;
}

/// <summary>A message: header, then bytes that follow from the header, so that each byte can be checked.</summary>
internal static class Message
{
    public const int MinimumSize = 64;
    public const int MaximumSize = 1 << 16;

    private static readonly int HeaderSize = Marshal.SizeOf<MessageHeader>();

    public static void Write(Span<byte> message, in MessageHeader header)
    {
        MemoryMarshal.Write(message, in header);
        var words = MemoryMarshal.Cast<byte, ulong>(message[HeaderSize..]);
        var word = Seed(header);
        for (var i = 0; i < words.Length; i++) words[i] = word += Step;
    }

    /// <summary>False when a byte differs from what the header asks for.</summary>
    public static bool TryRead(ReadOnlySpan<byte> message, out MessageHeader header)
    {
        header = MemoryMarshal.Read<MessageHeader>(message);
        var words = MemoryMarshal.Cast<byte, ulong>(message[HeaderSize..]);
        var word = Seed(header);
        for (var i = 0; i < words.Length; i++)
        {
            if (words[i] != (word += Step)) return false;
        }

        return true;
    }

    /// <summary>Sizes are whole words, within the limits.</summary>
    public static int ValidSize(int size) => Math.Clamp(size, MinimumSize, MaximumSize) & ~7;

    private const ulong Step = 0x9E3779B97F4A7C15; // 2^64 / golden ratio: no two words of a message are equal

    private static ulong Seed(in MessageHeader header)
    {
        var hash = Mix(header.Flow | (ulong)header.Sender << 32);
        hash = Mix(hash ^ (ulong)header.Sequence);
        hash = Mix(hash ^ (ulong)header.Received);
        hash = Mix(hash ^ (ulong)header.Expected);
        return Mix(hash ^ header.Silence ^ (ulong)header.Interval << 32);
    }

    private static ulong Mix(ulong value)
    {
        value = (value ^ (value >> 33)) * 0xFF51AFD7ED558CCD; // MurmurHash3's finalizer
        return value ^ (value >> 33);
    }
}
