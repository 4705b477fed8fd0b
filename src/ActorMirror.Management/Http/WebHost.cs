using System.Text.Json;
using ActorMirror.Management.Contracts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace ActorMirror.Management.Http;

/// <summary>A web server with nothing in it but what both servers need.</summary>
internal static class WebHost
{
    // What is asked is answered within milliseconds, but a handover may take a minute: a stop does not wait for it.
    private static readonly TimeSpan StopPatience = TimeSpan.FromMilliseconds(200);

    public static WebApplication Build(Action<KestrelServerOptions> listen, ILoggerFactory logs)
    {
        // Empty: the other builders watch the working directory for settings files, with everything below it; a daemon's is often "/".
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = "actormirrord", ContentRootPath = AppContext.BaseDirectory });
        builder.Services.AddSingleton(logs);
        builder.Services.AddRoutingCore();
        builder.Services.AddProblemDetails();
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(listen);
        builder.Services.ConfigureHttpJsonOptions(json => Configure(json.SerializerOptions));
        // The daemon stops when its supervisor says so, not when the web server would.
        builder.Services.AddSingleton<Microsoft.Extensions.Hosting.IHostLifetime, NoLifetime>();
        return builder.Build();
    }

    /// <summary>The JSON of the contracts: who resolves types by a context does not get its converters.</summary>
    public static void Configure(JsonSerializerOptions options)
    {
        options.TypeInfoResolverChain.Insert(0, ManagementJson.Default);
        foreach (var converter in ManagementJson.Default.Options.Converters) options.Converters.Add(converter);
    }

    /// <summary>Nothing of what went wrong inside is shown outside, and every refusal is problem+json.</summary>
    public static void UseProblems(WebApplication web)
    {
        web.UseExceptionHandler(new ExceptionHandlerOptions
        {
            ExceptionHandler = http => Answers.Problem(StatusCodes.Status500InternalServerError, "the device failed to answer; its log says why").ExecuteAsync(http),
        });
        web.UseStatusCodePages();
    }

    public static async ValueTask StopAsync(WebApplication web)
    {
        using var patience = new CancellationTokenSource(StopPatience);
        await web.StopAsync(patience.Token);
        await web.DisposeAsync();
    }

    private sealed class NoLifetime : Microsoft.Extensions.Hosting.IHostLifetime
    {
        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
