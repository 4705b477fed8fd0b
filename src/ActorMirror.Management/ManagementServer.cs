using System.Globalization;
using System.Net.Sockets;
using ActorMirror.Management.Contracts;
using ActorMirror.Management.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace ActorMirror.Management;

/// <summary>
/// The control socket: HTTP with JSON over a Unix socket that only its owner and its group may open. Errors are problem+json (RFC 9457).
/// </summary>
public sealed class ManagementServer : IAsyncDisposable
{
    private readonly WebApplication web;

    private ManagementServer(WebApplication web) => this.web = web;

    /// <param name="socket">Path of the socket; what an earlier process left there is replaced.</param>
    /// <param name="userOf">Whose process is at the other end of a connection, for the audit; null: not known.</param>
    /// <exception cref="IOException">The socket cannot be made.</exception>
    public static async Task<ManagementServer> StartAsync(string socket, DeviceApi device, ILoggerFactory logs, Func<Socket, int?>? userOf = null)
    {
        File.Delete(socket);
        var application = WebHost.Build(
            kestrel =>
            {
                Bounds.ApplyTo(kestrel);
                kestrel.ListenUnixSocket(socket);
            },
            logs);
        WebHost.UseProblems(application);
        application.UseRouting();
        application.Use((http, next) =>
        {
            http.Features.Set(new Caller(UserOf(http, userOf), "socket", ApiRole.Admin));
            return next(http);
        });
        HealthEndpoints.Map(application, device, Domain.Devices.ManagementSettings.DefaultPort);
        ApiEndpoints.Map(application, device, ConnectionQuery.MostAtOnce);
        ApiEndpoints.MapFaults(application, device.Control);
        OpenApiEndpoint.Map(application);
        await application.StartAsync();
        File.SetUnixFileMode(socket, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.GroupWrite);
        return new ManagementServer(application);
    }

    /// <summary>Requests that are not answered soon are cancelled.</summary>
    public ValueTask DisposeAsync() => WebHost.StopAsync(web);

    private static string UserOf(HttpContext http, Func<Socket, int?>? userOf) =>
        userOf is not null && http.Features.Get<IConnectionSocketFeature>()?.Socket is { } connection && userOf(connection) is { } user
            ? string.Create(CultureInfo.InvariantCulture, $"uid {user}")
            : "socket";
}
