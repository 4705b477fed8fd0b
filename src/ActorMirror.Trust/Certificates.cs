using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using ActorMirror.Domain.Trust;

namespace ActorMirror.Trust;

/// <summary>What the trust of a device group is made of: P-256 keys, X.509 certificates in PEM.</summary>
public static class Certificates
{
    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";
    private const string ClientAuthentication = "1.3.6.1.5.5.7.3.2";

    /// <summary>Every device is client and server by turns.</summary>
    internal static readonly OidCollection Purposes = [new Oid(ServerAuthentication), new Oid(ClientAuthentication)];

    public static string SerialOf(X509Certificate2 certificate) => certificate.SerialNumber.ToLowerInvariant();

    /// <summary>SHA-256 of the public key, for two people to compare.</summary>
    public static string Fingerprint(PublicKey key) =>
        string.Join(':', SHA256.HashData(key.ExportSubjectPublicKeyInfo()).Take(16).Select(b => b.ToString("x2")));

    public static string Fingerprint(ECDsa key) => Fingerprint(new PublicKey(key));

    /// <summary>A certificate whose validity is not looked at: <see cref="TrustRules"/> does that.</summary>
    public static PeerCertificate Read(X509Certificate2 certificate, X509Certificate2 authority)
    {
        using var chain = new X509Chain { ChainPolicy = PolicyOf(authority) };
        var isOurs = chain.Build(certificate) && !IsAuthority(certificate);
        foreach (var element in chain.ChainElements) element.Certificate.Dispose();
        var identity = DeviceIdentity.Of(certificate.SubjectName);
        return new PeerCertificate(
            isOurs, SerialOf(certificate), identity?.Group ?? "", identity?.Device, new DateTimeOffset(certificate.NotBefore).ToUniversalTime(), new DateTimeOffset(certificate.NotAfter).ToUniversalTime());
    }

    /// <summary>One authority, nothing from the system's store, nothing from the network.</summary>
    internal static X509ChainPolicy PolicyOf(X509Certificate2 authority)
    {
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            DisableCertificateDownloads = true,
            RevocationMode = X509RevocationMode.NoCheck,
            VerificationFlags = X509VerificationFlags.IgnoreNotTimeValid,
        };
        policy.CustomTrustStore.Add(authority);
        foreach (var purpose in Purposes) policy.ApplicationPolicy.Add(purpose);
        return policy;
    }

    private static bool IsAuthority(X509Certificate2 certificate) =>
        certificate.Extensions.OfType<X509BasicConstraintsExtension>().Any(e => e.CertificateAuthority);
}
