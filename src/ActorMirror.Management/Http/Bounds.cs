using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace ActorMirror.Management.Http;

/// <summary>What one client may take of a server: sizes, times, paces.</summary>
internal static class Bounds
{
    /// <summary>The largest request there is has a few hundred bytes.</summary>
    public const int BodyBytes = 16 * 1024;

    /// <summary>Of one server.</summary>
    public const int Connections = 128;

    public static void ApplyTo(KestrelServerOptions kestrel)
    {
        kestrel.AddServerHeader = false;
        var limits = kestrel.Limits;
        limits.MaxRequestBodySize = BodyBytes;
        limits.MaxRequestLineSize = 4 * 1024;
        limits.MaxRequestHeaderCount = 64;
        limits.MaxRequestHeadersTotalSize = 16 * 1024;
    }

    /// <summary>For strangers: a client that is slow on purpose is let go.</summary>
    public static void ApplyToNetwork(KestrelServerOptions kestrel)
    {
        ApplyTo(kestrel);
        var limits = kestrel.Limits;
        limits.MaxConcurrentConnections = Connections;
        limits.RequestHeadersTimeout = TimeSpan.FromSeconds(5);
        limits.KeepAliveTimeout = TimeSpan.FromSeconds(30);
        limits.MinRequestBodyDataRate = new MinDataRate(bytesPerSecond: 1024, gracePeriod: TimeSpan.FromSeconds(3));
        limits.MinResponseDataRate = new MinDataRate(bytesPerSecond: 1024, gracePeriod: TimeSpan.FromSeconds(5));
        kestrel.ConfigureEndpointDefaults(endpoint => endpoint.Protocols = HttpProtocols.Http1);
    }
}
