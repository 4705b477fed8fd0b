using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using ActorMirror.Kernel.Native;

namespace ActorMirror.Kernel.Netlink;

/// <summary>The messages of one datagram: <c>foreach (var message in new NetlinkMessages(datagram))</c>. A malformed rest ends the walk.</summary>
public ref struct NetlinkMessages(ReadOnlySpan<byte> datagram)
{
    private ReadOnlySpan<byte> _rest = datagram;

    public NetlinkMessage Current { get; private set; }

    public readonly NetlinkMessages GetEnumerator() => this;

    public bool MoveNext()
    {
        if (!MemoryMarshal.TryRead<NetlinkHeader>(_rest, out var header)) return false;
        var headerLength = Unsafe.SizeOf<NetlinkHeader>();
        if (header.Len < headerLength || header.Len > _rest.Length) return false;
        var length = (int)header.Len;
        Current = new NetlinkMessage(header, _rest[headerLength..length]);
        _rest = _rest[Math.Min((length + 3) & ~3, _rest.Length)..];
        return true;
    }
}

/// <summary>One message: its header and what follows it.</summary>
public readonly ref struct NetlinkMessage
{
    internal NetlinkMessage(NetlinkHeader header, ReadOnlySpan<byte> payload)
    {
        (Type, Flags, Sequence, PortId) = (header.Type, (NetlinkFlags)header.Flags, header.Seq, header.Pid);
        Payload = payload;
    }

    public ushort Type { get; }

    public NetlinkFlags Flags { get; }

    public uint Sequence { get; }

    /// <summary>In an answer our own port; in a notification the port of the socket whose request caused it, 0 for the packet path.</summary>
    public uint PortId { get; }

    /// <summary>Everything after the netlink header.</summary>
    public ReadOnlySpan<byte> Payload { get; }

    public bool IsError => Type == NetlinkControl.Error;

    public bool IsDone => Type == NetlinkControl.Done;

    /// <summary>The attributes after a family header of that many bytes; none if the message is shorter.</summary>
    public NetlinkAttributes Attributes(int familyHeader) =>
        new(Payload.Length < familyHeader ? default : Payload[familyHeader..]);

    /// <summary>The error of an NLMSG_ERROR or NLMSG_DONE message; <see cref="Errno.None"/> is an acknowledgement.</summary>
    public Errno Error => MemoryMarshal.TryRead<int>(Payload, out var negative) && negative < 0 ? (Errno)(-negative) : Errno.None;

    /// <summary>The kernel's text in an NLMSG_ERROR (NLMSGERR_ATTR_MSG); only sockets with NETLINK_CAP_ACK are understood.</summary>
    public string? ErrorText()
    {
        if (!IsError || !Flags.HasFlag(NetlinkFlags.AckTlvs)) return null;
        foreach (var attribute in Attributes(Unsafe.SizeOf<NetlinkErrorBody>()))
        {
            if (attribute.Type == (ushort)NetlinkErrorAttribute.Msg) return attribute.Text;
        }

        return null;
    }
}

/// <summary>The attributes of a message or of a nested attribute. Never reads beyond its span; a malformed rest ends the walk.</summary>
public ref struct NetlinkAttributes(ReadOnlySpan<byte> bytes)
{
    private ReadOnlySpan<byte> _rest = bytes;

    public NetlinkAttribute Current { get; private set; }

    public readonly NetlinkAttributes GetEnumerator() => this;

    // An event has some thirty attributes.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool MoveNext()
    {
        if (!MemoryMarshal.TryRead<AttributeHeader>(_rest, out var header)) return false;
        var headerLength = Unsafe.SizeOf<AttributeHeader>();
        if (header.Len < headerLength || header.Len > _rest.Length) return false;
        var type = (ushort)(header.Type & ~(AttributeFlags.Nested | AttributeFlags.NetByteorder));
        Current = new NetlinkAttribute(type, _rest[headerLength..header.Len]);
        _rest = _rest[Math.Min((header.Len + 3) & ~3, _rest.Length)..];
        return true;
    }
}

/// <summary>One attribute. A value that is shorter than asked for reads as zero.</summary>
public readonly ref struct NetlinkAttribute(ushort type, ReadOnlySpan<byte> payload)
{
    /// <summary>The type without NLA_F_NESTED and NLA_F_NET_BYTEORDER.</summary>
    public ushort Type { get; } = type;

    public ReadOnlySpan<byte> Payload { get; } = payload;

    public NetlinkAttributes Nested => new(Payload);

    public byte U8 => Payload.IsEmpty ? (byte)0 : Payload[0];

    public ushort U16BigEndian => BinaryPrimitives.TryReadUInt16BigEndian(Payload, out var value) ? value : (ushort)0;

    public uint U32BigEndian => BinaryPrimitives.TryReadUInt32BigEndian(Payload, out var value) ? value : 0;

    /// <summary>A bitmap of the kernel's own words (unsigned long), in the machine's order: x64 and arm64 are little-endian.</summary>
    public UInt128 U128 => BinaryPrimitives.TryReadUInt128LittleEndian(Payload, out var value) ? value : 0;

    public UInt128 U128BigEndian => BinaryPrimitives.TryReadUInt128BigEndian(Payload, out var value) ? value : 0;

    /// <summary>A value or struct in host byte order.</summary>
    public T Read<T>()
        where T : unmanaged => MemoryMarshal.TryRead<T>(Payload, out var value) ? value : default;

    /// <summary>A string up to its terminating zero.</summary>
    public string Text => Encoding.UTF8.GetString(Payload.IndexOf((byte)0) is var end and >= 0 ? Payload[..end] : Payload);
}
