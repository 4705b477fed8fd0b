using ActorMirror.Kernel.Addresses;
using ActorMirror.Kernel.Links;
using ActorMirror.Kernel.Namespaces;
using ActorMirror.Kernel.Native;
using ActorMirror.Kernel.Netlink;

namespace ActorMirror.Kernel.Routes;

/// <summary>Static routes in the main table of one network namespace. Safe for several threads.</summary>
public sealed class NetworkRoutes : IDisposable
{
    private readonly RouteSocket _socket;

    private NetworkRoutes(RouteSocket socket) => _socket = socket;

    /// <exception cref="KernelException">No descriptor left.</exception>
    public static NetworkRoutes Open(NamespaceThread thread) => new(RouteSocket.Open(thread));

    /// <summary>Adds or replaces the route to a network.</summary>
    /// <param name="network">In host order, IPv4 in its IPv6-mapped form; bits beyond the prefix must be zero.</param>
    /// <param name="prefixLength">0 is the default route of the network's family.</param>
    /// <param name="gateway">The next hop; null for a network that is on the interface itself, then the interface is needed.</param>
    /// <param name="interfaceName">Null lets the gateway decide.</param>
    /// <exception cref="NetlinkException">The gateway cannot be reached, or no such interface.</exception>
    public void Set(UInt128 network, int prefixLength, UInt128? gateway, string? interfaceName = null)
    {
        if (gateway is null && interfaceName is null) throw new ArgumentException("a route needs a gateway or an interface", nameof(gateway));
        Send(RouteMessage.Newroute, NetlinkFlags.Create | NetlinkFlags.Replace, network, prefixLength, gateway, interfaceName);
    }

    /// <returns>False when there was no such route.</returns>
    /// <exception cref="NetlinkException">Not permitted.</exception>
    public bool Remove(UInt128 network, int prefixLength, UInt128? gateway = null, string? interfaceName = null)
    {
        try
        {
            Send(RouteMessage.Delroute, NetlinkFlags.None, network, prefixLength, gateway, interfaceName);
            return true;
        }
        catch (NetlinkException exception) when (exception.Failure is NetlinkFailure.Absent)
        {
            return false;
        }
    }

    public void Dispose() => _socket.Dispose();

    private void Send(ushort type, NetlinkFlags flags, UInt128 network, int prefixLength, UInt128? gateway, string? interfaceName)
    {
        var header = new RouteHeader
        {
            Family = (byte)(MappedAddress.IsV4(network) ? AddressFamily.Inet : AddressFamily.Inet6),
            DestinationLength = (byte)prefixLength,
            Table = RouteValue.MainTable,
            Protocol = RouteValue.StaticProtocol,
            // Nowhere matches any scope in a deletion.
            Scope = type == RouteMessage.Delroute ? RouteValue.ScopeNowhere : gateway is null ? RouteValue.ScopeLink : RouteValue.ScopeUniverse,
            Type = RouteValue.Unicast,
        };
        var request = _socket.Begin(stackalloc byte[RouteSocket.RequestBytes], type, flags, header);
        Span<byte> bytes = stackalloc byte[16];
        if (prefixLength > 0) request.Put(RouteAttribute.Dst, bytes[..MappedAddress.Write(network, bytes)]);
        if (gateway is { } hop) request.Put(RouteAttribute.Gateway, bytes[..MappedAddress.Write(hop, bytes)]);
        if (interfaceName is not null) request.Put(RouteAttribute.Oif, _socket.Find(interfaceName).Index);
        request.EndMessage();
        _socket.Request(request, $"{(type == RouteMessage.Newroute ? "set" : "remove")} route {MappedAddress.ToText(network)}/{prefixLength}");
    }
}
