using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using ActorMirror.Domain.Devices;
using ActorMirror.Trust;
using Microsoft.Extensions.Logging;

namespace ActorMirror.Node.Worker;

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
            try
            {
                if (files is null) OfTrust();
                else OfFiles(files);
            }
            catch (Exception e) when (e is TrustException or CryptographicException or IOException or UnauthorizedAccessException or ArgumentException)
            {
                // An operator who replaces two files one after the other goes on with the old certificate meanwhile.
                reason = $"the management API has no certificate it can use: {e.Message}";
                log.LogError("{Reason}", reason);
            }
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
        var certificate = X509Certificate2.CreateFromPemFile(named.Certificate, named.Key);
        var chain = new X509Certificate2Collection();
        chain.ImportFromPemFile(named.Certificate);
        context = SslStreamCertificateContext.Create(certificate, chain, offline: true);
        shown = certificate;
        log.LogInformation("The management API shows {Subject}, valid until {End:u}", certificate.Subject, certificate.NotAfter.ToUniversalTime());
    }
}
