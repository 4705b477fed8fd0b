using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace ActorMirror.Domain.Cluster;

/// <summary>Writes the cluster's binary formats: little-endian numbers, UTF-8 text behind a 16-bit length.</summary>
internal sealed class WireWriter
{
    private readonly ArrayBufferWriter<byte> _buffer = new(256);

    public byte[] ToArray() => _buffer.WrittenSpan.ToArray();

    public void Byte(byte value)
    {
        _buffer.GetSpan(1)[0] = value;
        _buffer.Advance(1);
    }

    public void Bool(bool value) => Byte(value ? (byte)1 : (byte)0);

    public void Int(int value)
    {
        BinaryPrimitives.WriteInt32LittleEndian(_buffer.GetSpan(4), value);
        _buffer.Advance(4);
    }

    public void Long(ulong value)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(_buffer.GetSpan(8), value);
        _buffer.Advance(8);
    }

    public void Double(double value) => Long(BitConverter.DoubleToUInt64Bits(value));

    /// <exception cref="ArgumentException">The text is longer than 65,535 bytes.</exception>
    public void Text(string value)
    {
        var length = Encoding.UTF8.GetByteCount(value);
        if (length > ushort.MaxValue) throw new ArgumentException("a text of the cluster protocol has at most 65,535 bytes", nameof(value));
        BinaryPrimitives.WriteUInt16LittleEndian(_buffer.GetSpan(2), (ushort)length);
        _buffer.Advance(2);
        _buffer.Advance(Encoding.UTF8.GetBytes(value, _buffer.GetSpan(length)));
    }

    public void Bytes(ReadOnlySpan<byte> value)
    {
        Int(value.Length);
        _buffer.Write(value);
    }

    public void List<T>(IReadOnlyCollection<T> items, Action<T> write)
    {
        Int(items.Count);
        foreach (var item in items) write(item);
    }
}

/// <summary>
/// Reads what <see cref="WireWriter"/> wrote. Hostile bytes never throw: the first read beyond the end or out of range sets
/// <see cref="Failed"/>, and everything after it reads as zero.
/// </summary>
internal ref struct WireReader(ReadOnlySpan<byte> bytes)
{
    private ReadOnlySpan<byte> _rest = bytes;

    public bool Failed { get; private set; }

    /// <summary>Whether all was read, and nothing is left over.</summary>
    public readonly bool IsComplete => !Failed && _rest.IsEmpty;

    public byte Byte() => Take(1) is [var value, ..] ? value : (byte)0;

    public bool Bool() => Byte() switch
    {
        0 => false,
        1 => true,
        _ => Fail(),
    };

    public int Int() => Take(4) is { Length: 4 } four ? BinaryPrimitives.ReadInt32LittleEndian(four) : 0;

    public ulong Long() => Take(8) is { Length: 8 } eight ? BinaryPrimitives.ReadUInt64LittleEndian(eight) : 0;

    public double Double() => BitConverter.UInt64BitsToDouble(Long());

    public string Text() =>
        Take(2) is { Length: 2 } two ? Encoding.UTF8.GetString(Take(BinaryPrimitives.ReadUInt16LittleEndian(two))) : "";

    public byte[] Bytes() => Take(Int()).ToArray();

    /// <summary>A number of items that the rest can really hold, each at least <paramref name="smallest"/> bytes long.</summary>
    public int Count(int smallest)
    {
        var count = Int();
        if (count >= 0 && (long)count * smallest <= _rest.Length) return count;
        Fail();
        return 0;
    }

    public bool Fail()
    {
        Failed = true;
        _rest = default;
        return false;
    }

    private ReadOnlySpan<byte> Take(int length)
    {
        if (length < 0 || length > _rest.Length)
        {
            Fail();
            return default;
        }

        var taken = _rest[..length];
        _rest = _rest[length..];
        return taken;
    }
}
