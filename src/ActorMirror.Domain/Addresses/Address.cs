using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;

namespace ActorMirror.Domain.Addresses;

/// <summary>
/// An IPv4 or IPv6 address as one 16-byte value: IPv4 in its IPv6-mapped form (::ffff:a.b.c.d, RFC 4291 §2.5.5.2), so that
/// tables key both families alike and nothing is allocated per connection. Host byte order of the 128-bit number.
/// </summary>
public readonly record struct Address(UInt128 Value) : IComparable<Address>
{
    private static readonly UInt128 MappedPrefix = (UInt128)0xffff << 32;

    public bool IsV4 => Value >> 32 == 0xffff;

    /// <summary>Width of the address in bits: 32 or 128.</summary>
    public int Bits => IsV4 ? 32 : 128;

    /// <summary>The IPv4 address in host byte order; only meaningful when <see cref="IsV4"/>.</summary>
    public uint V4 => (uint)Value;

    public static Address FromV4(uint hostOrder) => new(MappedPrefix | hostOrder);

    public static Address From(IPAddress address)
    {
        ArgumentNullException.ThrowIfNull(address);
        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out var length);
        return length == 4
            ? FromV4(BinaryPrimitives.ReadUInt32BigEndian(bytes))
            : new Address(BinaryPrimitives.ReadUInt128BigEndian(bytes));
    }

    /// <summary>Parses dotted IPv4 (four parts, no leading zeros' octal reading) or IPv6 text without a scope.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out Address address)
    {
        address = default;
        if (text is null || text.Contains('%', StringComparison.Ordinal) || !IPAddress.TryParse(text, out var ip)) return false;
        if (ip.AddressFamily == AddressFamily.InterNetwork && text.Split('.') is not { Length: 4 }) return false;
        address = From(ip);
        return true;
    }

    /// <exception cref="FormatException">The text is no IPv4 or IPv6 address.</exception>
    public static Address Parse(string text) =>
        TryParse(text, out var address) ? address : throw new FormatException($"'{text}' is not an IPv4 or IPv6 address");

    public IPAddress ToIPAddress()
    {
        if (IsV4)
        {
            Span<byte> v4 = stackalloc byte[4];
            BinaryPrimitives.WriteUInt32BigEndian(v4, V4);
            return new IPAddress(v4);
        }

        Span<byte> v6 = stackalloc byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(v6, Value);
        return new IPAddress(v6);
    }

    public int CompareTo(Address other) => Value.CompareTo(other.Value);

    public static bool operator <(Address left, Address right) => left.Value < right.Value;

    public static bool operator >(Address left, Address right) => left.Value > right.Value;

    public static bool operator <=(Address left, Address right) => left.Value <= right.Value;

    public static bool operator >=(Address left, Address right) => left.Value >= right.Value;

    public override string ToString() => ToIPAddress().ToString();
}
