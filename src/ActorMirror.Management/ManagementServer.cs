using System.Collections.Immutable;
using ActorMirror.Management.Contracts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace ActorMirror.Management;

/// <summary>
/// The control socket: HTTP with JSON over a Unix socket that only its owner and its group may open. Errors are problem+json (RFC 9457).
/// </summary>
public sealed class ManagementServer : IAsyncDisposable
{
    // What is asked is answered within milliseconds, but a handover may take a minute: a stop does not wait for it.
    private static readonly TimeSpan StopPatience = TimeSpan.FromMilliseconds(200);

    private readonly WebApplication web;

    private ManagementServer(WebApplication web) => this.web = web;

    /// <param name="socket">Path of the socket; what an earlier process left there is replaced.</param>
    /// <exception cref="IOException">The socket cannot be made.</exception>
    public static async Task<ManagementServer> StartAsync(string socket, IDeviceView view, IDeviceControl control, ILoggerFactory logs)
    {
        File.Delete(socket);
        // Empty: the other builders watch the working directory for settings files, with everything below it; a daemon's is often "/".
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = "actormirrord", ContentRootPath = AppContext.BaseDirectory });
        builder.Services.AddSingleton(logs);
        builder.Services.AddRoutingCore();
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.ListenUnixSocket(socket));
        builder.Services.ConfigureHttpJsonOptions(json => json.SerializerOptions.TypeInfoResolverChain.Insert(0, ManagementJson.Default));
        // The daemon stops when its supervisor says so, not when the web server would.
        builder.Services.AddSingleton<Microsoft.Extensions.Hosting.IHostLifetime, NoLifetime>();
        var application = builder.Build();
        Map(application.MapGroup("/api/v1"), view, control);
        await application.StartAsync();
        File.SetUnixFileMode(socket, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.GroupWrite);
        return new ManagementServer(application);
    }

    /// <summary>Requests that are not answered soon are cancelled.</summary>
    public async ValueTask DisposeAsync()
    {
        using var patience = new CancellationTokenSource(StopPatience);
        await web.StopAsync(patience.Token);
        await web.DisposeAsync();
    }

    private static void Map(RouteGroupBuilder api, IDeviceView view, IDeviceControl control)
    {
        api.MapGet("/status", () => view.Status());
        api.MapGet("/devices", () => view.Devices());
        api.MapGet("/traffic-groups", () => view.Status().TrafficGroups);
        api.MapGet("/traffic-groups/{name}", (string name) => Answer(() => Task.FromResult(
            view.Status().TrafficGroups.FirstOrDefault(g => g.Name == name) ?? throw new DeviceCommandException(CommandFailure.NotFound, $"there is no traffic group '{name}'"))));
        api.MapGet("/virtual-servers", () => view.VirtualServers());
        api.MapGet("/snats", () => view.Snats());
        api.MapGet("/mirror", () => view.Mirrors());
        api.MapGet("/failovers", (int? limit, CancellationToken cancellation) => view.FailoversAsync(Math.Clamp(limit ?? 20, 0, ConnectionQuery.MostAtOnce), cancellation));
        api.MapGet("/connections", (string? trafficGroup, bool? mirrored, int? limit, string? after, CancellationToken cancellation) =>
            Answer(() => view.ConnectionsAsync(new ConnectionQuery(trafficGroup, mirrored, Math.Clamp(limit ?? 100, 0, ConnectionQuery.MostAtOnce), after), cancellation)));
        api.MapGet("/connections/explain", (string? tuple, CancellationToken cancellation) => Answer(() => view.ExplainAsync(tuple ?? "", cancellation)));
        api.MapGet("/persistence", ([AsParameters] PersistenceQuery query, int? limit, CancellationToken cancellation) =>
            Answer(() => view.PersistenceAsync(query, Math.Clamp(limit ?? 100, 0, ConnectionQuery.MostAtOnce), cancellation)));
        api.MapPost("/persistence/delete", (PersistenceQuery query, CancellationToken cancellation) => Answer(() => control.DeletePersistenceAsync(query, cancellation)));
        api.MapGet("/traffic-groups/{name}/rehearsal", (string name, CancellationToken cancellation) => Answer(() => view.RehearseAsync(name, cancellation)));
        api.MapPost("/traffic-groups/{name}/force-standby", (string name, ForceStandbyRequest? request, CancellationToken cancellation) =>
            Answer(() => control.ForceStandbyAsync(name, request?.To, cancellation)));
        api.MapPost("/devices/{name}/offline", (string name, CancellationToken cancellation) => Answer(() => control.SetOfflineAsync(name, offline: true, cancellation)));
        api.MapPost("/devices/{name}/release", (string name, CancellationToken cancellation) => Answer(() => control.SetOfflineAsync(name, offline: false, cancellation)));
        api.MapPost("/trust/revoke", (RevokeRequest request, CancellationToken cancellation) =>
            Answer(() => control.RevokeAsync(request.Serial, cancellation)));
        api.MapPost("/traffic-groups/{name}/resync", (string name, CancellationToken cancellation) => Answer(() => control.ResyncAsync(name, cancellation)));
        api.MapGet("/faults/actors", () => Answer(() => Task.FromResult(control.Actors())));
        api.MapPost("/faults/kill-actor", (KillActorRequest request, CancellationToken cancellation) =>
            Answer(() => control.KillActorAsync(request, cancellation)));
    }

    private static async Task<IResult> Answer<T>(Func<Task<T>> ask)
    {
        try
        {
            return Results.Ok(await ask());
        }
        catch (DeviceCommandException refused)
        {
            return Results.Problem(refused.Message, statusCode: refused.Failure switch
            {
                CommandFailure.Malformed => StatusCodes.Status400BadRequest,
                CommandFailure.NotFound => StatusCodes.Status404NotFound,
                CommandFailure.Conflict => StatusCodes.Status409Conflict,
                CommandFailure.Forbidden => StatusCodes.Status403Forbidden,
                _ => StatusCodes.Status503ServiceUnavailable,
            });
        }
    }

    private sealed class NoLifetime : Microsoft.Extensions.Hosting.IHostLifetime
    {
        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
