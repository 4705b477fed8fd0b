using ActorMirror.Kernel.Namespaces;
using ActorMirror.Kernel.Native;
using ActorMirror.Kernel.Netlink;

namespace ActorMirror.Kernel.Links;

/// <summary>Requests to rtnetlink in one namespace: what links, addresses and routes have in common.</summary>
internal sealed class RouteSocket : IDisposable
{
    /// <summary>No request here is longer: a header, a name or two addresses, a lifetime.</summary>
    public const int RequestBytes = 256;

    private readonly string _place;

    private RouteSocket(NetlinkSocket socket, string place) => (Socket, _place) = (socket, place);

    public NetlinkSocket Socket { get; }

    public static RouteSocket Open(NamespaceThread thread) => new(thread.Run(() => NetlinkSocket.Open(NetlinkFamily.Route)), thread.ToString());

    /// <exception cref="NetlinkException">No such interface (<see cref="NetlinkFailure.Absent"/>).</exception>
    public NetworkLink Find(string interfaceName)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(interfaceName);
        var request = Begin(stackalloc byte[RequestBytes], RouteMessage.Getlink, NetlinkFlags.None, default(LinkHeader));
        request.Put(LinkAttribute.Ifname, interfaceName);
        request.EndMessage();
        var found = new List<NetworkLink>(1);
        Request(request, $"interface '{interfaceName}'", found, static (in NetlinkMessage message, List<NetworkLink> links) => links.Add(NetworkLink.Read(message)));
        return found[0];
    }

    /// <summary>A request that will be acknowledged.</summary>
    public NetlinkWriter Begin<THeader>(Span<byte> buffer, ushort type, NetlinkFlags flags, scoped in THeader header)
        where THeader : unmanaged
    {
        var writer = new NetlinkWriter(buffer);
        writer.BeginMessage(type, NetlinkFlags.Request | NetlinkFlags.Ack | flags, Socket.NextSequence());
        writer.PutHeader(header);
        return writer;
    }

    public void Request(in NetlinkWriter request, string operation) => Socket.Request(request.Written, $"{operation} in {_place}");

    public void Request<TState>(in NetlinkWriter request, string operation, TState state, NetlinkMessageHandler<TState> handler) =>
        Socket.Request(request.Written, $"{operation} in {_place}", state, handler);

    /// <summary>Lists what a GET message lists, from the beginning again when a change interrupts it.</summary>
    public IReadOnlyList<T> Dump<THeader, T>(ushort type, in THeader header, string operation, NetlinkMessageReader<T> read)
        where THeader : unmanaged
    {
        Span<byte> buffer = stackalloc byte[RequestBytes];
        for (var attempt = 1; ; attempt++)
        {
            var writer = new NetlinkWriter(buffer);
            writer.BeginMessage(type, NetlinkFlags.Request | NetlinkFlags.Dump, Socket.NextSequence());
            writer.PutHeader(header);
            writer.EndMessage();
            var found = new List<T>();
            try
            {
                Request(writer, operation, (found, read), static (in NetlinkMessage message, (List<T> Found, NetlinkMessageReader<T> Read) state) =>
                    state.Found.Add(state.Read(message)));
                return found;
            }
            catch (NetlinkException exception) when (exception.Failure is NetlinkFailure.Retry && attempt < 10)
            {
                // An interface appeared or went while the list was read: rare, and over at once.
            }
        }
    }

    public void Dispose() => Socket.Dispose();
}

internal delegate T NetlinkMessageReader<T>(in NetlinkMessage message);
