using System.Net.NetworkInformation;
using ActorMirror.Kernel.Addresses;
using ActorMirror.Kernel.Namespaces;
using ActorMirror.Kernel.Native;

namespace ActorMirror.Kernel.Announcements;

/// <summary>Another station said that an address is its own.</summary>
/// <param name="InterfaceName">Where it was heard.</param>
/// <param name="Address">IPv4 in its IPv6-mapped form.</param>
/// <param name="HardwareAddress">The other station's.</param>
public readonly record struct ArpClaim(string InterfaceName, UInt128 Address, PhysicalAddress HardwareAddress);

/// <summary>
/// Hears on one interface when another station claims one of our addresses, by an announcement or by answering for it: two devices own the
/// address at once. One thread; the callbacks run on it.
/// </summary>
public sealed class ArpWatcher : IDisposable
{
    private readonly PacketSocket _socket;
    private readonly Func<UInt128, bool> _isOurs;
    private readonly Action<ArpClaim> _claimed;
    private readonly Action<Exception> _failed;
    private readonly ReadWaiter _waiter = new();
    private readonly Thread _thread;

    private ArpWatcher(PacketSocket socket, Func<UInt128, bool> isOurs, Action<ArpClaim> claimed, Action<Exception> failed)
    {
        _socket = socket;
        _isOurs = isOurs;
        _claimed = claimed;
        _failed = failed;
        _thread = new Thread(Watch) { IsBackground = true, Name = $"arp {socket.InterfaceName}" };
        _thread.Start();
    }

    /// <param name="thread">The namespace of the interface.</param>
    /// <param name="interfaceName">Its name.</param>
    /// <param name="isOurs">Asked for every claim by another station: is this address ours at this moment?</param>
    /// <param name="claimed">Called per frame: who reports it to people counts episodes.</param>
    /// <param name="failed">A frame could not be received or a callback threw; watching goes on, unless the interface is gone.</param>
    /// <exception cref="KernelException">No such interface in the namespace, or not permitted (CAP_NET_RAW).</exception>
    public static ArpWatcher Start(
        NamespaceThread thread, string interfaceName, Func<UInt128, bool> isOurs, Action<ArpClaim> claimed, Action<Exception> failed) =>
        new(PacketSocket.Open(thread, interfaceName, ArpFrame.EtherType), isOurs, claimed, failed);

    public void Dispose()
    {
        _waiter.Stop();
        _thread.Join();
        _waiter.Dispose();
        _socket.Dispose();
    }

    private void Watch()
    {
        Span<byte> frame = stackalloc byte[128];
        while (_waiter.Wait(_socket.Descriptor))
        {
            try
            {
                Hear(frame[.._socket.Receive(frame)]);
            }
            catch (KernelException exception) when (exception.Errno == Errno.ENODEV)
            {
                _failed(exception);
                return;
            }
            catch (Exception exception)
            {
                _failed(exception);
            }
        }
    }

    private void Hear(ReadOnlySpan<byte> frame)
    {
        if (!ArpFrame.TryReadClaim(frame, out var v4, out var hardware) || hardware.SequenceEqual(_socket.HardwareAddress)) return;
        var address = MappedAddress.FromV4(v4);
        if (_isOurs(address)) _claimed(new(_socket.InterfaceName, address, new PhysicalAddress(hardware.ToArray())));
    }
}
