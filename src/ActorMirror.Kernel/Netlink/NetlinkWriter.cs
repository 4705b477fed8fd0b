using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using ActorMirror.Kernel.Native;

namespace ActorMirror.Kernel.Netlink;

/// <summary>
/// Writes netlink messages one after another into a span: <see cref="BeginMessage"/>, family header, attributes, <see cref="EndMessage"/>.
/// Everything is padded to 4 bytes with zeros (NLMSG_ALIGNTO, NLA_ALIGNTO).
/// </summary>
/// <exception cref="InvalidOperationException">Any write: the span is full or an attribute exceeds 65,535 bytes.</exception>
public ref struct NetlinkWriter(Span<byte> buffer)
{
    private const int Alignment = 4;
    private readonly Span<byte> _buffer = buffer;
    private int _message;

    /// <summary>Bytes written, always a multiple of 4.</summary>
    public int Length { get; private set; }

    public readonly ReadOnlySpan<byte> Written => _buffer[..Length];

    public readonly int Room => _buffer.Length - Length;

    public void BeginMessage(ushort type, NetlinkFlags flags, uint sequence)
    {
        _message = Length;
        PutHeader(new NetlinkHeader { Type = type, Flags = (ushort)flags, Seq = sequence });
    }

    /// <summary>Writes the message's final length into its header.</summary>
    public readonly void EndMessage() => BinaryPrimitives.WriteUInt32LittleEndian(_buffer[_message..], (uint)(Length - _message));

    /// <summary>A family's fixed header, e.g. struct ifaddrmsg.</summary>
    public void PutHeader<T>(scoped in T header)
        where T : unmanaged
    {
        var bytes = MemoryMarshal.AsBytes(new ReadOnlySpan<T>(in header));
        bytes.CopyTo(Reserve(bytes.Length));
    }

    public void Put(ushort type, scoped ReadOnlySpan<byte> value)
    {
        var length = Unsafe.SizeOf<AttributeHeader>() + value.Length;
        if (length > ushort.MaxValue) throw new InvalidOperationException($"netlink attribute {type} of {value.Length} bytes is too long");
        var target = Reserve(length);
        MemoryMarshal.Write(target, new AttributeHeader { Len = (ushort)length, Type = type });
        value.CopyTo(target[Unsafe.SizeOf<AttributeHeader>()..]);
    }

    public void Put(ushort type, byte value) => Put(type, new ReadOnlySpan<byte>(in value));

    /// <summary>An attribute in host byte order, as rtnetlink has them.</summary>
    public void Put<T>(ushort type, scoped in T value)
        where T : unmanaged => Put(type, MemoryMarshal.AsBytes(new ReadOnlySpan<T>(in value)));

    /// <summary>An attribute in network byte order, as nfnetlink has them.</summary>
    public void PutBigEndian(ushort type, ushort value)
    {
        Span<byte> bytes = stackalloc byte[sizeof(ushort)];
        BinaryPrimitives.WriteUInt16BigEndian(bytes, value);
        Put(type, bytes);
    }

    /// <inheritdoc cref="PutBigEndian(ushort, ushort)"/>
    public void PutBigEndian(ushort type, uint value)
    {
        Span<byte> bytes = stackalloc byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, value);
        Put(type, bytes);
    }

    /// <summary>A 128-bit value in network byte order: an IPv6 address.</summary>
    public void PutBigEndian(ushort type, UInt128 value)
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, value);
        Put(type, bytes);
    }

    /// <summary>A zero-terminated string.</summary>
    public void Put(ushort type, string value)
    {
        Span<byte> bytes = stackalloc byte[Encoding.UTF8.GetMaxByteCount(value.Length) + 1];
        var length = Encoding.UTF8.GetBytes(value, bytes);
        bytes[length] = 0;
        Put(type, bytes[..(length + 1)]);
    }

    /// <summary>Opens a nested attribute; give the result to <see cref="EndNested"/>.</summary>
    public int BeginNested(ushort type)
    {
        var start = Length;
        Put((ushort)(type | AttributeFlags.Nested), default(ReadOnlySpan<byte>));
        return start;
    }

    public readonly void EndNested(int start)
    {
        var length = Length - start;
        if (length > ushort.MaxValue) throw new InvalidOperationException($"nested netlink attribute of {length} bytes is too long");
        BinaryPrimitives.WriteUInt16LittleEndian(_buffer[start..], (ushort)length);
    }

    private Span<byte> Reserve(int length)
    {
        var padded = (length + Alignment - 1) & ~(Alignment - 1);
        if (padded > Room) throw new InvalidOperationException($"netlink buffer of {_buffer.Length} bytes is full");
        var target = _buffer.Slice(Length, padded);
        target.Clear();
        Length += padded;
        return target;
    }
}
