using ActorMirror.Kernel.Links;
using ActorMirror.Kernel.Namespaces;
using ActorMirror.Kernel.Native;
using ActorMirror.Kernel.Netlink;

namespace ActorMirror.Kernel.Addresses;

/// <summary>The addresses on the interfaces of one network namespace. Safe for several threads.</summary>
public sealed class InterfaceAddresses : IDisposable
{
    private readonly RouteSocket _socket;

    private InterfaceAddresses(RouteSocket socket) => _socket = socket;

    /// <exception cref="KernelException">No descriptor left.</exception>
    public static InterfaceAddresses Open(NamespaceThread thread) => new(RouteSocket.Open(thread));

    /// <summary>All addresses of both families.</summary>
    public IReadOnlyList<InterfaceAddress> List() =>
        _socket.Dump(RouteMessage.Getaddr, default(AddressHeader), "list addresses", static (in NetlinkMessage message) => InterfaceAddress.Read(message));

    /// <summary>Adds the address, or gives it a new lifetime if it is there. IPv6 skips duplicate address detection, which would take a second.</summary>
    /// <param name="interfaceName">Of this namespace.</param>
    /// <param name="address">In host order, IPv4 in its IPv6-mapped form.</param>
    /// <param name="prefixLength">0 to 32 or 0 to 128.</param>
    /// <param name="validFor">
    /// When the kernel takes it away by itself, in whole seconds, rounded up, and up to a second later than that; null is never.
    /// </param>
    /// <param name="isSource">
    /// False: not chosen as the source of what this host itself sends, while there is another (IPv6 only: a preferred lifetime of 0; a full
    /// prefix would else win over the subnet's, RFC 6724 rule 8. Of IPv4 addresses the subnet's first is chosen).
    /// </param>
    /// <exception cref="NetlinkException">No such interface, not permitted, or not an address a host can have.</exception>
    public void Set(string interfaceName, UInt128 address, int prefixLength, TimeSpan? validFor = null, bool isSource = true)
    {
        var bits = MappedAddress.IsV4(address) ? 32 : 128;
        if (prefixLength < 0 || prefixLength > bits) throw new ArgumentOutOfRangeException(nameof(prefixLength), prefixLength, $"must be 0 to {bits}");
        var request = Begin(stackalloc byte[RouteSocket.RequestBytes], RouteMessage.Newaddr, NetlinkFlags.Create | NetlinkFlags.Replace, interfaceName, address, prefixLength);
        var seconds = validFor is { } span ? (uint)Math.Clamp(Math.Ceiling(span.TotalSeconds), 1, uint.MaxValue - 1) : uint.MaxValue;
        request.Put(AddressAttribute.Cacheinfo, new AddressLifetime { Preferred = isSource || bits == 32 ? seconds : 0, Valid = seconds });
        if (!MappedAddress.IsV4(address)) request.Put(AddressAttribute.Flags, AddressFlags.Nodad);
        request.EndMessage();
        _socket.Request(request, $"set {MappedAddress.ToText(address)}/{prefixLength} on '{interfaceName}'");
    }

    /// <summary>Takes the address away.</summary>
    /// <returns>False when it, or its interface, was not there.</returns>
    /// <exception cref="NetlinkException">Not permitted.</exception>
    public bool Remove(string interfaceName, UInt128 address, int prefixLength)
    {
        try
        {
            var request = Begin(stackalloc byte[RouteSocket.RequestBytes], RouteMessage.Deladdr, NetlinkFlags.None, interfaceName, address, prefixLength);
            request.EndMessage();
            _socket.Request(request, $"remove {MappedAddress.ToText(address)}/{prefixLength} from '{interfaceName}'");
            return true;
        }
        catch (NetlinkException exception) when (exception.Failure is NetlinkFailure.Absent)
        {
            return false;
        }
    }

    public void Dispose() => _socket.Dispose();

    private NetlinkWriter Begin(Span<byte> buffer, ushort type, NetlinkFlags flags, string interfaceName, UInt128 address, int prefixLength)
    {
        var header = new AddressHeader
        {
            Family = (byte)(MappedAddress.IsV4(address) ? AddressFamily.Inet : AddressFamily.Inet6),
            Prefixlen = (byte)prefixLength,
            Index = _socket.Find(interfaceName).Index,
        };
        var request = _socket.Begin(buffer, type, flags, header);
        Span<byte> bytes = stackalloc byte[16];
        bytes = bytes[..MappedAddress.Write(address, bytes)];
        request.Put(AddressAttribute.Local, bytes);
        request.Put(AddressAttribute.Address, bytes);
        return request;
    }
}
