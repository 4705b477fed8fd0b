using System.Buffers.Binary;
using System.Text;

namespace ActorMirror.MirrorChannel.Wire;

/// <summary>
/// Reads big-endian fields one after another. A field beyond the end reads as zero and makes <see cref="Failed"/> true: the caller
/// checks once, at the end, and nothing throws whatever the bytes are.
/// </summary>
internal ref struct WireReader(ReadOnlySpan<byte> bytes)
{
    private static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: false);

    private ReadOnlySpan<byte> rest = bytes;

    public bool Failed { get; private set; }

    /// <summary>Everything was read, and nothing was missing.</summary>
    public readonly bool IsComplete => !Failed && rest.IsEmpty;

    public byte U8() => Take(1) is [var value] ? value : (byte)0;

    public ushort U16() => Take(2) is { Length: 2 } field ? BinaryPrimitives.ReadUInt16BigEndian(field) : (ushort)0;

    public uint U32() => Take(4) is { Length: 4 } field ? BinaryPrimitives.ReadUInt32BigEndian(field) : 0;

    public ulong U64() => Take(8) is { Length: 8 } field ? BinaryPrimitives.ReadUInt64BigEndian(field) : 0;

    public UInt128 U128() => Take(16) is { Length: 16 } field ? BinaryPrimitives.ReadUInt128BigEndian(field) : 0;

    /// <summary>A count or sequence: not negative.</summary>
    public long Number()
    {
        var value = (long)U64();
        if (value < 0) Failed = true;
        return value;
    }

    /// <summary>A count that fits an int.</summary>
    public int Count()
    {
        var value = (int)U32();
        if (value < 0) Failed = true;
        return value;
    }

    public string Text() => Strict.GetString(Take(U8()));

    private ReadOnlySpan<byte> Take(int count)
    {
        if (Failed || count > rest.Length)
        {
            Failed = true;
            return default;
        }

        var field = rest[..count];
        rest = rest[count..];
        return field;
    }
}
