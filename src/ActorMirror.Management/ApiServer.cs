using System.Collections.Immutable;
using System.Net;
using System.Net.Security;
using System.Security.Authentication;
using ActorMirror.Management.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace ActorMirror.Management;

/// <param name="Address">Null: the loopback addresses.</param>
/// <param name="ReadWithoutToken">Whether what only shows is answered to anybody.</param>
/// <param name="HostNames">Under which clients may ask over plain HTTP, beside addresses and localhost.</param>
/// <param name="Certificate">Asked for each connection; null itself: plain HTTP; null from it: there is none, and the connection is refused.</param>
public sealed record ApiServerOptions(
    IPAddress? Address, int Port, bool ReadWithoutToken, ImmutableArray<string> HostNames, Func<SslStreamCertificateContext?>? Certificate);

/// <summary>
/// The management API on TCP: what the control socket serves, for the network. A server of its own, so that no number of strangers keeps an operator on the
/// device from the control socket.
/// </summary>
public sealed class ApiServer : IAsyncDisposable
{
    private static readonly TimeSpan HandshakePatience = TimeSpan.FromSeconds(5);

    private readonly WebApplication web;
    private readonly LoadBound bound;

    private ApiServer(WebApplication web, LoadBound bound) => (this.web, this.bound) = (web, bound);

    /// <summary>Where it listens, as URLs.</summary>
    public IEnumerable<string> Addresses => web.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()?.Addresses ?? [];

    /// <exception cref="IOException">The address is not there, or the port is taken.</exception>
    public static async Task<ApiServer> StartAsync(ApiServerOptions options, DeviceApi device, ILoggerFactory logs)
    {
        var quota = new ConnectionQuota();
        var application = WebHost.Build(
            kestrel =>
            {
                Bounds.ApplyToNetwork(kestrel);
                if (options.Address is { } address) kestrel.Listen(address, options.Port, Configure);
                else kestrel.ListenLocalhost(options.Port, Configure);
            },
            logs);
        LoadBound? load = null;
        WebHost.UseProblems(application);
        application.UseRouting();
        application.Use(next => new Gatekeeper(options, device, next).InvokeAsync);
        application.Use(next => (load = new LoadBound(device.View, next)).InvokeAsync);
        HealthEndpoints.Map(application, device, options.Port);
        ApiEndpoints.Map(application, device, ApiEndpoints.NetworkPage);
        OpenApiEndpoint.Map(application);
        try
        {
            await application.StartAsync();
        }
        catch
        {
            await application.DisposeAsync();
            load?.Dispose();
            throw;
        }

        return new ApiServer(application, load!);

        void Configure(ListenOptions listen)
        {
            listen.Use(quota.Within);
            if (options.Certificate is { } certificate) listen.UseHttps(Handshake(certificate));
        }
    }

    /// <summary>Requests that are not answered soon are cancelled.</summary>
    public async ValueTask DisposeAsync()
    {
        await WebHost.StopAsync(web);
        bound.Dispose();
    }

    private static TlsHandshakeCallbackOptions Handshake(Func<SslStreamCertificateContext?> certificate) => new()
    {
        HandshakeTimeout = HandshakePatience,
        OnConnection = _ => ValueTask.FromResult(new SslServerAuthenticationOptions
        {
            ServerCertificateContext = certificate() ?? throw new AuthenticationException("the management API has no certificate"),
            EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
            ApplicationProtocols = [SslApplicationProtocol.Http11],
        }),
    };
}
