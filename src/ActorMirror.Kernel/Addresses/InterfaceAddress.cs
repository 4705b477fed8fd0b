using System.Runtime.InteropServices;
using ActorMirror.Kernel.Links;
using ActorMirror.Kernel.Native;
using ActorMirror.Kernel.Netlink;

namespace ActorMirror.Kernel.Addresses;

/// <summary>An address on an interface as the kernel reports it.</summary>
/// <param name="InterfaceIndex">The interface's number within its namespace.</param>
/// <param name="Address">In host order, IPv4 in its IPv6-mapped form.</param>
/// <param name="PrefixLength">0 to 32 or 0 to 128.</param>
public readonly record struct InterfaceAddress(int InterfaceIndex, UInt128 Address, int PrefixLength)
{
    /// <summary>When it will go by itself, counted from the report in whole seconds; null is never. Not part of its identity.</summary>
    public TimeSpan? ValidFor { get; init; }

    public bool Equals(InterfaceAddress other) =>
        InterfaceIndex == other.InterfaceIndex && Address == other.Address && PrefixLength == other.PrefixLength;

    public override int GetHashCode() => HashCode.Combine(InterfaceIndex, Address, PrefixLength);

    public override string ToString() => $"{MappedAddress.ToText(Address)}/{PrefixLength}";

    /// <summary>Reads an RTM_NEWADDR or RTM_DELADDR message.</summary>
    internal static InterfaceAddress Read(in NetlinkMessage message)
    {
        MemoryMarshal.TryRead<AddressHeader>(message.Payload, out var header);
        UInt128 address = 0, local = 0;
        TimeSpan? validFor = null;
        foreach (var attribute in message.Attributes(Marshal.SizeOf<AddressHeader>()))
        {
            switch (attribute.Type)
            {
                case AddressAttribute.Address when attribute.Payload.Length is 4 or 16:
                    address = MappedAddress.Read(attribute.Payload);
                    break;
                case AddressAttribute.Local when attribute.Payload.Length is 4 or 16:
                    local = MappedAddress.Read(attribute.Payload);
                    break;
                case AddressAttribute.Cacheinfo when attribute.Read<AddressLifetime>() is { Valid: not uint.MaxValue } lifetime:
                    validFor = TimeSpan.FromSeconds(lifetime.Valid);
                    break;
            }
        }

        // On a point-to-point interface IFA_ADDRESS is the peer's; IFA_LOCAL, where present, is always ours.
        return new(header.Index, local == 0 ? address : local, header.Prefixlen) { ValidFor = validFor };
    }
}
