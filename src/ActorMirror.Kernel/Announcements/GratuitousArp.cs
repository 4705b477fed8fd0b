using ActorMirror.Kernel.Addresses;
using ActorMirror.Kernel.Namespaces;
using ActorMirror.Kernel.Native;

namespace ActorMirror.Kernel.Announcements;

/// <summary>The announcer of IPv4 addresses; a round is a request and a reply.</summary>
public sealed class GratuitousArp : IAnnouncer
{
    private readonly PacketSocket _socket;

    private GratuitousArp(PacketSocket socket) => _socket = socket;

    /// <exception cref="KernelException">No such interface in the namespace, or not permitted (CAP_NET_RAW).</exception>
    public static GratuitousArp Open(NamespaceThread thread, string interfaceName) => new(PacketSocket.Open(thread, interfaceName, ArpFrame.EtherType));

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
