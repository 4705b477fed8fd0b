using System.Buffers.Binary;
using System.Net;

namespace ActorMirror.Kernel.Addresses;

/// <summary>Addresses as 128-bit numbers in host order, IPv4 in its IPv6-mapped form (::ffff:a.b.c.d): to the kernel's bytes and back.</summary>
internal static class MappedAddress
{
    private static readonly UInt128 Prefix = (UInt128)0xffff << 32;

    public static bool IsV4(UInt128 address) => address >> 32 == 0xffff;

    public static UInt128 FromV4(uint hostOrder) => Prefix | hostOrder;

    /// <summary>Writes 4 or 16 bytes in network order.</summary>
    /// <returns>How many.</returns>
    public static int Write(UInt128 address, Span<byte> target)
    {
        if (IsV4(address))
        {
            BinaryPrimitives.WriteUInt32BigEndian(target, (uint)address);
            return 4;
        }

        BinaryPrimitives.WriteUInt128BigEndian(target, address);
        return 16;
    }

    /// <param name="bytes">4 or 16 bytes in network order.</param>
    public static UInt128 Read(ReadOnlySpan<byte> bytes) =>
        bytes.Length == 4 ? FromV4(BinaryPrimitives.ReadUInt32BigEndian(bytes)) : BinaryPrimitives.ReadUInt128BigEndian(bytes);

    public static string ToText(UInt128 address)
    {
        Span<byte> bytes = stackalloc byte[16];
        return new IPAddress(bytes[..Write(address, bytes)]).ToString();
    }
}
