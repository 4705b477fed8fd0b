using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace ActorMirror.Trust;

/// <summary>The authority a device trusts and the certificate it shows; read once, used by every handshake.</summary>
public sealed class TrustMaterial
{
    private TrustMaterial(X509Certificate2 authority, X509Certificate2 own, DeviceIdentity identity)
    {
        (Authority, Own, Identity) = (authority, own, identity);
        Context = SslStreamCertificateContext.Create(own, additionalCertificates: null, offline: true);
    }

    public X509Certificate2 Authority { get; }

    public X509Certificate2 Own { get; }

    public DeviceIdentity Identity { get; }

    internal SslStreamCertificateContext Context { get; }

    /// <exception cref="TrustException">Something is missing or does not fit; the message says what to do.</exception>
    public static TrustMaterial Load(TrustFiles files)
    {
        if (!File.Exists(files.AuthorityCertificate) || !File.Exists(files.Device))
        {
            throw new TrustException(
                $"this device has no certificate in {files.Directory}: run 'amctl trust init' on the first device of the group, 'amctl trust join' on the others");
        }

        X509Certificate2? authority = null;
        X509Certificate2? own = null;
        try
        {
            authority = X509CertificateLoader.LoadCertificateFromFile(files.AuthorityCertificate);
            own = X509Certificate2.CreateFromPemFile(files.Device);
            return Of(authority, own);
        }
        catch (Exception e)
        {
            authority?.Dispose();
            own?.Dispose();
            if (e is TrustException) throw;
            if (e is not (CryptographicException or IOException or UnauthorizedAccessException or ArgumentException)) throw;
            throw new TrustException($"the trust material in {files.Directory} cannot be used ({e.Message}): run 'amctl trust join' again", e);
        }
    }

    /// <exception cref="TrustException">They do not fit.</exception>
    internal static TrustMaterial Of(X509Certificate2 authority, X509Certificate2 own)
    {
        if (!Certificates.Read(own, authority).IsOurs)
            throw new TrustException("this device's certificate is not signed by the authority it trusts: run 'amctl trust join' again");
        return DeviceIdentity.Of(own.SubjectName) is { } identity
            ? new TrustMaterial(authority, own, identity)
            : throw new TrustException("this device's certificate names no device: run 'amctl trust join' again");
    }
}
