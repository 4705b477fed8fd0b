using ActorMirror.Kernel.Addresses;
using ActorMirror.Kernel.Namespaces;
using ActorMirror.Kernel.Native;

namespace ActorMirror.Kernel.Announcements;

/// <summary>Tells the neighbours on one interface's network that an IPv4 address is here now.</summary>
public sealed class GratuitousArp : IDisposable
{
    private readonly PacketSocket _socket;

    private GratuitousArp(PacketSocket socket) => _socket = socket;

    /// <exception cref="KernelException">No such interface in the namespace, or not permitted (CAP_NET_RAW).</exception>
    public static GratuitousArp Open(NamespaceThread thread, string interfaceName) => new(PacketSocket.Open(thread, interfaceName, ArpFrame.EtherType));

    /// <summary>Sends one round: a request and a reply. A frame may be lost, so callers repeat it (3 times, 100 ms apart).</summary>
    /// <param name="address">IPv4 in its IPv6-mapped form.</param>
    /// <exception cref="ArgumentException">Not an IPv4 address.</exception>
    /// <exception cref="KernelException">The interface is down or gone.</exception>
    public void Announce(UInt128 address)
    {
        if (!MappedAddress.IsV4(address)) throw new ArgumentException($"{MappedAddress.ToText(address)} is not an IPv4 address", nameof(address));
        Span<byte> frame = stackalloc byte[ArpFrame.Length];
        foreach (var operation in (ReadOnlySpan<ushort>)[ArpFrame.Request, ArpFrame.Reply])
        {
            ArpFrame.WriteAnnouncement(frame, operation, _socket.HardwareAddress, (uint)address);
            _socket.Send(frame);
        }
    }

    public void Dispose() => _socket.Dispose();
}
