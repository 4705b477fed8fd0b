using ActorMirror.Actors.Alarms;
using ActorMirror.Domain.Devices;
using ActorMirror.Management;
using Microsoft.Extensions.Logging;

namespace ActorMirror.Node.Worker;

/// <summary>
/// Serves the management API on TCP where the configuration wants it. An address that is not there yet, a taken port or a missing certificate is an alarm
/// and tried again; neither traffic nor the control socket waits for it.
/// </summary>
internal sealed class ApiHost : IAsyncDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);

    private readonly DeviceGroupModel model;
    private readonly DeviceApi device;
    private readonly ApiCertificate? certificate;
    private readonly AlarmBook alarms;
    private readonly ILoggerFactory logs;
    private readonly ILogger log;
    private readonly CancellationTokenSource stop = new();
    private readonly Task serving;

    public ApiHost(DeviceGroupModel model, DeviceApi device, DeviceTrust trust, AlarmBook alarms, ILoggerFactory logs)
    {
        (this.model, this.device, this.alarms, this.logs, log) = (model, device, alarms, logs, logs.CreateLogger("api"));
        certificate = model.Management.Tls ? new ApiCertificate(model.Management.Files, trust, log) : null;
        serving = model.Management.Listen == ApiListener.Off ? Task.CompletedTask : Task.Run(ServeAsync);
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await serving;
        stop.Dispose();
        certificate?.Dispose();
    }

    private async Task ServeAsync()
    {
        ApiServer? server = null;
        using var looks = new PeriodicTimer(Pause);
        do
        {
            server ??= await TryStartAsync();
            if (server is not null) alarms.Set(AlarmKind.ApiUnavailable, null, certificate is null ? null : certificate.Problem);
        }
        while (await NextAsync(looks));

        if (server is not null) await server.DisposeAsync();
    }

    private async Task<ApiServer?> TryStartAsync()
    {
        var settings = model.Management;
        try
        {
            var server = await ApiServer.StartAsync(
                new ApiServerOptions(
                    settings.Listen == ApiListener.Loopback ? null : model.Self.Management.ToIPAddress(), settings.Port, settings.ReadWithoutToken,
                    settings.HostNames, certificate is null ? null : () => certificate.Context),
                device, logs);
            log.LogInformation("The management API listens on {Addresses}", string.Join(", ", server.Addresses));
            return server;
        }
        catch (Exception failure)
        {
            alarms.Raise(AlarmKind.ApiUnavailable, null, $"the management API cannot listen: {failure.Message}");
            return null;
        }
    }

    private async ValueTask<bool> NextAsync(PeriodicTimer looks)
    {
        try
        {
            return await looks.WaitForNextTickAsync(stop.Token);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }
}
