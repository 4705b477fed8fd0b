using System.Buffers.Binary;
using System.Text;

namespace ActorMirror.MirrorChannel.Wire;

/// <summary>Writes big-endian fields one after another into a buffer that is large enough (a frame's limit).</summary>
internal ref struct WireWriter(Span<byte> buffer)
{
    private readonly Span<byte> buffer = buffer;

    public int Position { get; private set; }

    public void U8(byte value) => Take(1)[0] = value;

    public void U16(ushort value) => BinaryPrimitives.WriteUInt16BigEndian(Take(2), value);

    public void U32(uint value) => BinaryPrimitives.WriteUInt32BigEndian(Take(4), value);

    public void U64(ulong value) => BinaryPrimitives.WriteUInt64BigEndian(Take(8), value);

    public void U128(UInt128 value) => BinaryPrimitives.WriteUInt128BigEndian(Take(16), value);

    /// <summary>UTF-8 with a length byte; what exceeds 255 bytes is cut at a character.</summary>
    public void Text(string value)
    {
        Encoding.UTF8.GetEncoder().Convert(value, buffer.Slice(Position + 1, 255), flush: true, out _, out var used, out _);
        U8((byte)used);
        Take(used);
    }

    private Span<byte> Take(int count)
    {
        var field = buffer.Slice(Position, count);
        Position += count;
        return field;
    }
}
