using System.Net.NetworkInformation;
using System.Runtime.InteropServices;
using ActorMirror.Kernel.Native;
using ActorMirror.Kernel.Netlink;

namespace ActorMirror.Kernel.Links;

/// <summary>A network interface as the kernel reports it.</summary>
/// <param name="Index">Its number within its namespace.</param>
/// <param name="Name">Its name.</param>
/// <param name="IsUp">Switched on by an administrator (IFF_UP).</param>
/// <param name="HasCarrier">It is up and its lower layer is too (IFF_LOWER_UP): a cable, a running peer.</param>
/// <param name="HardwareAddress">Its MAC address; empty if it has none.</param>
public sealed record NetworkLink(int Index, string Name, bool IsUp, bool HasCarrier, PhysicalAddress HardwareAddress)
{
    /// <summary>Reads an RTM_NEWLINK or RTM_DELLINK message.</summary>
    internal static NetworkLink Read(in NetlinkMessage message)
    {
        MemoryMarshal.TryRead<LinkHeader>(message.Payload, out var header);
        var name = "";
        var hardware = PhysicalAddress.None;
        foreach (var attribute in message.Attributes(Marshal.SizeOf<LinkHeader>()))
        {
            switch (attribute.Type)
            {
                case LinkAttribute.Ifname:
                    name = attribute.Text;
                    break;
                case LinkAttribute.Address:
                    hardware = new PhysicalAddress(attribute.Payload.ToArray());
                    break;
            }
        }

        return new(header.Index, name, (header.Flags & LinkFlags.Up) != 0, (header.Flags & LinkFlags.LowerUp) != 0, hardware);
    }
}
