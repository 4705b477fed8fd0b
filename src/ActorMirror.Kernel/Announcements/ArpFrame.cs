using System.Buffers.Binary;

namespace ActorMirror.Kernel.Announcements;

/// <summary>An Ethernet frame that holds an ARP packet for IPv4 (RFC 826): 14 + 28 bytes.</summary>
internal static class ArpFrame
{
    public const ushort EtherType = 0x0806;
    public const int Length = 42;
    public const ushort Request = 1;
    public const ushort Reply = 2;

    private const int PacketStart = 14;
    private const int SenderHardware = PacketStart + 8;
    private const int SenderProtocol = PacketStart + 14;

    /// <summary>
    /// An announcement (RFC 5227 §3): sender = target = the address, to everyone. Some stacks learn from requests only, some from replies
    /// only, so both are sent.
    /// </summary>
    public static void WriteAnnouncement(Span<byte> frame, ushort operation, ReadOnlySpan<byte> hardware, uint address)
    {
        frame[..6].Fill(0xff);
        hardware.CopyTo(frame[6..]);
        BinaryPrimitives.WriteUInt16BigEndian(frame[12..], EtherType);
        var packet = frame[PacketStart..];
        BinaryPrimitives.WriteUInt16BigEndian(packet, 1); // ARPHRD_ETHER
        BinaryPrimitives.WriteUInt16BigEndian(packet[2..], 0x0800); // IPv4
        packet[4] = 6;
        packet[5] = 4;
        BinaryPrimitives.WriteUInt16BigEndian(packet[6..], operation);
        hardware.CopyTo(packet[8..]);
        BinaryPrimitives.WriteUInt32BigEndian(packet[14..], address);
        // Nothing in a request; in a reply the address to learn (RFC 5944 §4.6). Linux takes a reply as gratuitous, and so overrides
        // an entry younger than a second, only with the sender's address here (arp_is_garp in net/ipv4/arp.c).
        packet.Slice(18, 6).Clear();
        if (operation == Reply) hardware.CopyTo(packet[18..]);
        BinaryPrimitives.WriteUInt32BigEndian(packet[24..], address);
    }

    /// <summary>Who says to have which address; false when the frame is no ARP for IPv4 on Ethernet, or a probe (sender 0.0.0.0), which claims nothing.</summary>
    public static bool TryReadClaim(ReadOnlySpan<byte> frame, out uint address, out ReadOnlySpan<byte> hardware)
    {
        address = 0;
        hardware = default;
        if (frame.Length < Length
            || BinaryPrimitives.ReadUInt16BigEndian(frame[12..]) != EtherType
            || BinaryPrimitives.ReadUInt64BigEndian(frame[PacketStart..]) >> 16 != 0x0001_0800_0604) return false;
        address = BinaryPrimitives.ReadUInt32BigEndian(frame[SenderProtocol..]);
        hardware = frame.Slice(SenderHardware, 6);
        return address != 0;
    }
}
