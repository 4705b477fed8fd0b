using System.Net;
using ActorMirror.Management.Contracts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace ActorMirror.Management.Http;

/// <summary>Who asks.</summary>
/// <param name="Name">Of a token, or the user of the control socket; <c>nobody</c>: no token was shown.</param>
/// <param name="From">An address, or <c>socket</c>.</param>
internal sealed record Caller(string Name, string From, ApiRole? Role)
{
    public const string Nobody = "nobody";

    public static Caller Of(HttpContext http) => http.Features.Get<Caller>() ?? new Caller(Nobody, AddressOf(http)?.ToString() ?? "socket", null);

    /// <summary>Null: over a Unix socket.</summary>
    public static IPAddress? AddressOf(HttpContext http) => http.Connection.RemoteIpAddress is { IsIPv4MappedToIPv6: true } mapped
        ? mapped.MapToIPv4()
        : http.Connection.RemoteIpAddress;
}

/// <summary>What an endpoint needs of who asks.</summary>
/// <param name="Role">Null: it answers anybody, always.</param>
internal sealed record Need(ApiRole? Role)
{
    /// <summary>What says nothing of itself only shows when it is a GET, and otherwise is for administrators.</summary>
    public static ApiRole? Of(HttpContext http) => http.GetEndpoint()?.Metadata.GetMetadata<Need>() is { } need ? need.Role
        : HttpMethods.IsGet(http.Request.Method) || HttpMethods.IsHead(http.Request.Method) ? ApiRole.Viewer
        : ApiRole.Admin;
}

internal static class NeedExtensions
{
    public static TBuilder For<TBuilder>(this TBuilder endpoint, ApiRole role)
        where TBuilder : IEndpointConventionBuilder => endpoint.WithMetadata(new Need(role));

    public static TBuilder ForAnybody<TBuilder>(this TBuilder endpoint)
        where TBuilder : IEndpointConventionBuilder => endpoint.WithMetadata(new Need(null));
}
