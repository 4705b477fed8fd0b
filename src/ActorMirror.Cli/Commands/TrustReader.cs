using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using ActorMirror.Management.Contracts;
using ActorMirror.Trust;

namespace ActorMirror.Cli.Commands;

/// <summary>The trust material of a device's files as a report; reads no key.</summary>
internal static class TrustReader
{
    /// <exception cref="TrustException">A file is no certificate.</exception>
    public static TrustReport Read(TrustFiles files)
    {
        var revoked = files.ReadRevoked().ToImmutableArray();
        return new TrustReport(
            Certificate(files.AuthorityCertificate, revoked), File.Exists(files.AuthorityKey), Certificate(files.Device, revoked), File.Exists(files.RequestKey),
            Directory.Exists(files.Issued)
                ? [.. Directory.GetFiles(files.Issued, "*.crt").Select(file => Certificate(file, revoked)).OfType<CertificateReport>().OrderBy(c => c.NotBefore)]
                : [],
            revoked);
    }

    private static CertificateReport? Certificate(string file, ImmutableArray<string> revoked)
    {
        if (!File.Exists(file)) return null;
        try
        {
            using var certificate = X509Certificate2.CreateFromPem(File.ReadAllText(file));
            var serial = Certificates.SerialOf(certificate);
            return new CertificateReport(
                certificate.Subject, serial, Certificates.Fingerprint(certificate.PublicKey), new DateTimeOffset(certificate.NotBefore),
                new DateTimeOffset(certificate.NotAfter), revoked.Contains(serial));
        }
        catch (CryptographicException e)
        {
            throw new TrustException($"{file} cannot be read: {e.Message}", e);
        }
    }
}
