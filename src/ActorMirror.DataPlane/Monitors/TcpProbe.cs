using System.Net;
using System.Net.Sockets;
using ActorMirror.Domain.Addresses;

namespace ActorMirror.DataPlane.Monitors;

/// <summary>A TCP handshake, closed at once with a reset so that neither side keeps TIME_WAIT (BIG-IP monitor "tcp" without strings).</summary>
public sealed class TcpProbe(ISocketFactory sockets) : IMemberProbe
{
    public async Task<bool> ProbeAsync(Endpoint member, CancellationToken cancellation)
    {
        var family = member.Address.IsV4 ? AddressFamily.InterNetwork : AddressFamily.InterNetworkV6;
        try
        {
            using var socket = sockets.Create(family, SocketType.Stream, ProtocolType.Tcp);
            socket.LingerState = new LingerOption(true, 0);
            await socket.ConnectAsync(new IPEndPoint(member.Address.ToIPAddress(), member.Port), cancellation);
            return true;
        }
        catch (Exception failure) when (failure is SocketException or OperationCanceledException)
        {
            return false;
        }
    }
}
