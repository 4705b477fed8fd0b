using System.Buffers.Binary;
using ActorMirror.Kernel.Namespaces;
using ActorMirror.Kernel.Native;

namespace ActorMirror.Kernel.Announcements;

/// <summary>An AF_PACKET socket bound to one interface and one EtherType: whole Ethernet frames in both directions (packet(7)).</summary>
internal sealed unsafe class PacketSocket : IDisposable
{
    private PacketSocket(Descriptor descriptor, string interfaceName, byte[] hardwareAddress)
    {
        Descriptor = descriptor;
        InterfaceName = interfaceName;
        HardwareAddress = hardwareAddress;
    }

    public Descriptor Descriptor { get; }

    public string InterfaceName { get; }

    /// <summary>The interface's MAC address when the socket was opened.</summary>
    public byte[] HardwareAddress { get; }

    /// <exception cref="KernelException">No such interface in the namespace, or not permitted (CAP_NET_RAW).</exception>
    public static PacketSocket Open(NamespaceThread thread, string interfaceName, ushort etherType) => thread.Run(() =>
    {
        var index = (int)Libc.if_nametoindex(interfaceName);
        if (index == 0) throw KernelException.Last($"there is no interface '{interfaceName}' in {thread}");
        // Protocol 0 until it is bound: a socket that asked for a protocol at once would queue frames of every interface.
        var socket = Libc.socket(AddressFamily.Packet, SocketType.Raw | SocketType.Cloexec, 0);
        try
        {
            if (socket.IsInvalid) throw KernelException.Last("socket(AF_PACKET)");
            var address = new LinkLayerAddress
            {
                Family = AddressFamily.Packet,
                Protocol = BinaryPrimitives.ReverseEndianness(etherType),
                Ifindex = index,
            };
            if (Libc.bind(socket, &address, sizeof(LinkLayerAddress)) != 0) throw KernelException.Last($"cannot bind a packet socket to '{interfaceName}'");
            var length = sizeof(LinkLayerAddress);
            if (Libc.getsockname(socket, &address, &length) != 0) throw KernelException.Last($"cannot read the address of '{interfaceName}'");
            return new PacketSocket(socket, interfaceName, new ReadOnlySpan<byte>(address.Addr, 6).ToArray());
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    });

    /// <exception cref="KernelException">Not sent: the interface is down or gone.</exception>
    public void Send(ReadOnlySpan<byte> frame)
    {
        fixed (byte* bytes = frame)
        {
            if (Libc.sendto(Descriptor, bytes, frame.Length, 0, null, 0) < 0) throw KernelException.Last($"cannot send on '{InterfaceName}'");
        }
    }

    /// <returns>Length of the frame, cut to the buffer.</returns>
    /// <exception cref="KernelException">The interface went down (ENETDOWN, once; the socket stays usable) or is gone.</exception>
    public int Receive(Span<byte> frame)
    {
        fixed (byte* bytes = frame)
        {
            while (true)
            {
                var length = Libc.recvfrom(Descriptor, bytes, frame.Length, 0, null, null);
                if (length >= 0) return (int)length;
                if (KernelException.LastErrno is not Errno.EINTR) throw KernelException.Last($"cannot receive on '{InterfaceName}'");
            }
        }
    }

    public void Dispose() => Descriptor.Dispose();
}
