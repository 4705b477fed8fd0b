using System.Net.Sockets;
using ActorMirror.Domain.Addresses;

namespace ActorMirror.DataPlane.Monitors;

/// <summary>One health check of a pool member.</summary>
public interface IMemberProbe
{
    /// <returns>Whether the member answered before <paramref name="cancellation"/>; network errors are a "no", never thrown.</returns>
    Task<bool> ProbeAsync(Endpoint member, CancellationToken cancellation);
}

/// <summary>Makes sockets in the data plane's network namespace.</summary>
public interface ISocketFactory
{
    Socket Create(AddressFamily family, SocketType type, ProtocolType protocol);
}
