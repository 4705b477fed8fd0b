using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Connections;

namespace ActorMirror.Management.Http;

/// <summary>So many connections of one address at a time: one client that opens and holds them does not shut the others out.</summary>
internal sealed class ConnectionQuota
{
    public const int PerAddress = 32;

    private readonly ConcurrentDictionary<IPAddress, int> open = new();

    /// <summary>In front of everything else, TLS too.</summary>
    public ConnectionDelegate Within(ConnectionDelegate next) => async connection =>
    {
        var address = (connection.RemoteEndPoint as IPEndPoint)?.Address ?? IPAddress.None;
        try
        {
            if (open.AddOrUpdate(address, 1, static (_, count) => count + 1) <= PerAddress) await next(connection);
            else connection.Abort(new ConnectionAbortedException($"{address} has {PerAddress} connections already"));
        }
        finally
        {
            if (open.AddOrUpdate(address, 0, static (_, count) => count - 1) == 0) open.TryRemove(new KeyValuePair<IPAddress, int>(address, 0));
        }
    };
}
