using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
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

/// <summary>
/// What the API shows: the operator's certificate, or the device's own of its trust. Read once and again when the files change, away from the handshakes.
/// </summary>
internal sealed class ApiCertificate(CertificateFiles? files, DeviceTrust trust, ILogger log) : IDisposable
{
    private readonly Lock reading = new();
    private (DateTime, DateTime) seen;
    private X509Certificate2? shown;
    private volatile SslStreamCertificateContext? context;
    private volatile string? reason = "the certificate was not read yet";

    /// <summary>Null: there is none to show.</summary>
    public SslStreamCertificateContext? Context
    {
        get
        {
            if (context is null) Refresh();
            return context;
        }
    }

    /// <summary>Reads what changed. Null: there is a certificate.</summary>
    public string? Problem
    {
        get
        {
            Refresh();
            return context is null ? reason : null;
        }
    }

    public void Dispose() => shown?.Dispose();

    private void Refresh()
    {
        lock (reading)
        {
            if (files is null) OfTrust();
            else OfFiles(files);
        }
    }

    private void OfTrust()
    {
        if (trust.Missing is { } missing)
        {
            (context, reason) = (null, $"the management API has no certificate: {missing}");
            return;
        }

        var own = trust.Material.Own;
        if (ReferenceEquals(context?.TargetCertificate, own)) return;
        context = SslStreamCertificateContext.Create(own, additionalCertificates: null, offline: true);
    }

    private void OfFiles(CertificateFiles named)
    {
        var now = (File.GetLastWriteTimeUtc(named.Certificate), File.GetLastWriteTimeUtc(named.Key));
        if (now == seen) return;
        seen = now;
        try
        {
            var certificate = X509Certificate2.CreateFromPemFile(named.Certificate, named.Key);
            var chain = new X509Certificate2Collection();
            chain.ImportFromPemFile(named.Certificate);
            context = SslStreamCertificateContext.Create(certificate, chain, offline: true);
            shown = certificate;
            log.LogInformation("The management API shows {Subject}, valid until {End:u}", certificate.Subject, certificate.NotAfter.ToUniversalTime());
        }
        catch (Exception e) when (e is System.Security.Cryptography.CryptographicException or IOException or UnauthorizedAccessException or ArgumentException)
        {
            // An operator who replaces the two files one after the other goes on with the old certificate meanwhile.
            reason = $"the management API has no certificate: {named.Certificate} and {named.Key} cannot be used: {e.Message}";
            log.LogError("{Reason}", reason);
        }
    }
}
