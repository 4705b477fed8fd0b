using System.Runtime.InteropServices;
using ActorMirror.Kernel.Addresses;
using ActorMirror.Kernel.Links;
using ActorMirror.Kernel.Namespaces;
using ActorMirror.Kernel.Native;
using ActorMirror.Kernel.Netlink;

namespace ActorMirror.Kernel.Neighbors;

/// <summary>The neighbours (arp(7), and their like of IPv6) on the interfaces of one network namespace. Safe for several threads.</summary>
public sealed class NeighborTable : IDisposable
{
    private readonly RouteSocket _socket;

    private NeighborTable(RouteSocket socket) => _socket = socket;

    /// <exception cref="KernelException">No descriptor left.</exception>
    public static NeighborTable Open(NamespaceThread thread) => new(RouteSocket.Open(thread));

    /// <summary>
    /// Forgets the neighbours that do not answer yet, and with them the packets that wait for them (up to 101 each, up to 3 s, when a
    /// link is cut): no gate stands behind that queue, and once the link is back they would follow what another device has sent meanwhile.
    /// </summary>
    /// <returns>How many neighbours were forgotten; none when there is no such interface.</returns>
    /// <exception cref="NetlinkException">Not permitted.</exception>
    public int ForgetUnresolved(string interfaceName)
    {
        if (!TryFind(interfaceName, out var index)) return 0;
        var all = _socket.Dump(
            RouteMessage.Getneigh, new NeighborHeader { Family = AddressFamily.Unspec }, "list neighbours", static (in NetlinkMessage message) => Read(message));
        var forgotten = 0;
        foreach (var (at, state, address) in all)
        {
            if (at == index && state == NeighborState.Incomplete && TryForget(index, address, interfaceName)) forgotten++;
        }

        return forgotten;
    }

    public void Dispose() => _socket.Dispose();

    private static (int Index, ushort State, UInt128 Address) Read(in NetlinkMessage message)
    {
        MemoryMarshal.TryRead<NeighborHeader>(message.Payload, out var header);
        UInt128 address = 0;
        foreach (var attribute in message.Attributes(Marshal.SizeOf<NeighborHeader>()))
        {
            if (attribute.Type == NeighborAttribute.Dst && attribute.Payload.Length is 4 or 16) address = MappedAddress.Read(attribute.Payload);
        }

        return (header.Index, header.State, address);
    }

    private bool TryFind(string interfaceName, out int index)
    {
        try
        {
            index = _socket.Find(interfaceName).Index;
            return true;
        }
        catch (NetlinkException exception) when (exception.Failure is NetlinkFailure.Absent)
        {
            index = 0;
            return false;
        }
    }

    private bool TryForget(int index, UInt128 address, string interfaceName)
    {
        try
        {
            var header = new NeighborHeader { Family = (byte)(MappedAddress.IsV4(address) ? AddressFamily.Inet : AddressFamily.Inet6), Index = index };
            var request = _socket.Begin(stackalloc byte[RouteSocket.RequestBytes], RouteMessage.Delneigh, NetlinkFlags.None, header);
            Span<byte> bytes = stackalloc byte[16];
            request.Put(NeighborAttribute.Dst, bytes[..MappedAddress.Write(address, bytes)]);
            request.EndMessage();
            _socket.Request(request, $"forget neighbour {MappedAddress.ToText(address)} on '{interfaceName}'");
            return true;
        }
        catch (NetlinkException exception) when (exception.Failure is NetlinkFailure.Absent)
        {
            return false; // it answered, or was given up, in between
        }
    }
}
