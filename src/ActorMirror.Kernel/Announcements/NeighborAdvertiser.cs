using System.Buffers.Binary;
using ActorMirror.Kernel.Addresses;
using ActorMirror.Kernel.Links;
using ActorMirror.Kernel.Namespaces;
using ActorMirror.Kernel.Native;

namespace ActorMirror.Kernel.Announcements;

/// <summary>
/// The announcer of IPv6 addresses: unsolicited neighbour advertisements. They go the way of every packet of ours, so that nftables' output
/// hook sees them (a packet socket, as ARP needs, passes it by).
/// </summary>
public sealed unsafe class NeighborAdvertiser : IAnnouncer
{
    private readonly Descriptor _socket;
    private readonly NetworkLink _link;
    private readonly byte[] _hardware;

    private NeighborAdvertiser(Descriptor socket, NetworkLink link) =>
        (_socket, _link, _hardware) = (socket, link, link.HardwareAddress.GetAddressBytes());

    /// <exception cref="KernelException">No such interface in the namespace, or not permitted (CAP_NET_RAW).</exception>
    public static NeighborAdvertiser Open(NamespaceThread thread, string interfaceName)
    {
        using var links = NetworkLinks.Open(thread);
        var link = links.Find(interfaceName);
        // This protocol implies that we write the IPv6 header, and receives nothing.
        var socket = thread.Run(() => Libc.socket(AddressFamily.Inet6, SocketType.Raw | SocketType.Cloexec, InternetProtocol.Raw));
        return socket.IsInvalid ? throw KernelException.Last("socket(AF_INET6, SOCK_RAW)") : new(socket, link);
    }

    public void Announce(UInt128 address)
    {
        if (MappedAddress.IsV4(address)) throw new ArgumentException($"{MappedAddress.ToText(address)} is not an IPv6 address", nameof(address));
        var packet = stackalloc byte[NeighborAdvertisement.Length];
        NeighborAdvertisement.Write(new(packet, NeighborAdvertisement.Length), _hardware, address);
        var all = new InternetAddress6 { Family = AddressFamily.Inet6, ScopeId = (uint)_link.Index };
        BinaryPrimitives.WriteUInt128BigEndian(new(all.Addr, 16), NeighborAdvertisement.AllNodes);
        if (Libc.sendto(_socket, packet, NeighborAdvertisement.Length, 0, &all, sizeof(InternetAddress6)) < 0)
            throw KernelException.Last($"cannot advertise {MappedAddress.ToText(address)} on '{_link.Name}'");
    }

    public void Dispose() => _socket.Dispose();
}
