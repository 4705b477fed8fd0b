using System.Buffers.Binary;
using ActorMirror.Kernel.Native;

namespace ActorMirror.Kernel.Announcements;

/// <summary>An IPv6 packet that holds an unsolicited neighbour advertisement (RFC 4861 §4.4): 40 + 24 + 8 bytes.</summary>
internal static class NeighborAdvertisement
{
    public const int Length = 72;

    private const int HeaderLength = 40;
    private const byte HopLimit = 255; // a neighbour takes no other: it proves that no router passed the packet on
    private const byte NextHeader = 58; // ICMPv6

    /// <summary>ff02::1, every node on the link.</summary>
    public static readonly UInt128 AllNodes = ((UInt128)0xff02 << 112) | 1;

    /// <summary>
    /// Override: what the neighbour knew before is over. Router: we forward, and a host that knows the address as its router would forget
    /// the routes through it when an advertisement says otherwise (RFC 4861 §7.2.5).
    /// </summary>
    private const byte Flags = NeighborDiscovery.Router | NeighborDiscovery.Override;

    /// <summary>Source = target = the address, to all nodes.</summary>
    public static void Write(Span<byte> packet, ReadOnlySpan<byte> hardware, UInt128 address)
    {
        packet[..Length].Clear();
        packet[0] = 6 << 4;
        BinaryPrimitives.WriteUInt16BigEndian(packet[4..], Length - HeaderLength);
        packet[6] = NextHeader;
        packet[7] = HopLimit;
        BinaryPrimitives.WriteUInt128BigEndian(packet[8..], address);
        BinaryPrimitives.WriteUInt128BigEndian(packet[24..], AllNodes);
        var message = packet[HeaderLength..];
        message[0] = NeighborDiscovery.Advertisement;
        message[4] = Flags;
        BinaryPrimitives.WriteUInt128BigEndian(message[8..], address);
        message[24] = NeighborDiscovery.TargetLinkAddress;
        message[25] = 1; // in units of 8 bytes
        hardware[..6].CopyTo(message[26..]);
        BinaryPrimitives.WriteUInt16BigEndian(message[2..], Checksum(packet));
    }

    /// <summary>RFC 8200 §8.1: over the two addresses, length and next header, then the message.</summary>
    private static ushort Checksum(ReadOnlySpan<byte> packet)
    {
        uint sum = Length - HeaderLength + NextHeader;
        for (var i = 8; i < Length; i += 2) sum += BinaryPrimitives.ReadUInt16BigEndian(packet[i..]);
        sum = (sum & 0xffff) + (sum >> 16);
        return (ushort)~(sum + (sum >> 16));
    }
}
