using ActorMirror.Kernel.Namespaces;
using ActorMirror.Kernel.Native;
using ActorMirror.Kernel.Netlink;

namespace ActorMirror.Kernel.Links;

/// <summary>The interfaces of one network namespace. Safe for several threads.</summary>
public sealed class NetworkLinks : IDisposable
{
    private readonly RouteSocket _socket;

    private NetworkLinks(RouteSocket socket) => _socket = socket;

    /// <exception cref="KernelException">No descriptor left.</exception>
    public static NetworkLinks Open(NamespaceThread thread) => new(RouteSocket.Open(thread));

    public IReadOnlyList<NetworkLink> List() =>
        _socket.Dump(RouteMessage.Getlink, default(LinkHeader), "list interfaces", static (in NetlinkMessage message) => NetworkLink.Read(message));

    /// <exception cref="NetlinkException">There is no such interface (<see cref="NetlinkFailure.Absent"/>).</exception>
    public NetworkLink Find(string name) => _socket.Find(name);

    public bool Exists(string name)
    {
        try
        {
            _socket.Find(name);
            return true;
        }
        catch (NetlinkException exception) when (exception.Failure is NetlinkFailure.Absent)
        {
            return false;
        }
    }

    /// <summary>Switches the interface on; that its carrier comes is another matter.</summary>
    /// <exception cref="NetlinkException">No such interface, or not permitted.</exception>
    public void SetUp(string name) => SetFlags(name, LinkFlags.Up);

    /// <summary>Switches the interface off. Its routes and its global IPv6 addresses go with it.</summary>
    /// <exception cref="NetlinkException">No such interface, or not permitted.</exception>
    public void SetDown(string name) => SetFlags(name, 0);

    /// <summary>
    /// Moves the interface into another namespace, where it arrives down and without its addresses. A virtual interface (veth, macvlan)
    /// is destroyed with the last user of its namespace; a physical one goes back to the initial namespace.
    /// </summary>
    /// <exception cref="NetlinkException">No such interface, one of that name is already there (<see cref="NetlinkFailure.Exists"/>), or not permitted.</exception>
    public void MoveTo(string name, NetworkNamespace target)
    {
        ArgumentNullException.ThrowIfNull(target);
        var held = false;
        try
        {
            target.Descriptor.DangerousAddRef(ref held);
            var header = new LinkHeader { Index = _socket.Find(name).Index };
            var request = _socket.Begin(stackalloc byte[RouteSocket.RequestBytes], RouteMessage.Newlink, NetlinkFlags.None, header);
            request.Put(LinkAttribute.NetNsFd, (uint)target.Descriptor.DangerousGetHandle());
            request.EndMessage();
            _socket.Request(request, $"move interface '{name}' to namespace '{target.Name}'");
        }
        finally
        {
            if (held) target.Descriptor.DangerousRelease();
        }
    }

    public void Dispose() => _socket.Dispose();

    private void SetFlags(string name, uint flags)
    {
        var header = new LinkHeader { Index = _socket.Find(name).Index, Flags = flags, Change = LinkFlags.Up };
        var request = _socket.Begin(stackalloc byte[RouteSocket.RequestBytes], RouteMessage.Newlink, NetlinkFlags.None, header);
        request.EndMessage();
        _socket.Request(request, $"set interface '{name}' {(flags == 0 ? "down" : "up")}");
    }
}
