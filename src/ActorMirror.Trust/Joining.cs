using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace ActorMirror.Trust;

/// <summary>
/// How a device comes to its certificate, by files that an operator carries:
/// <code>
/// device that joins                     device with the authority
///   request.key, a request    -------->   looks at it, signs it
///   device.pem, ca.crt        &lt;--------   the answer: certificate and authority
/// </code>
/// The same again renews a certificate; the old one is used until the answer is installed.
/// </summary>
public static class Joining
{
    /// <summary>Makes a new key on this device and the request for it.</summary>
    public static (string Request, string Fingerprint) Request(TrustFiles files, DeviceIdentity identity)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        files.Write(files.RequestKey, key.ExportPkcs8PrivateKeyPem(), isSecret: true);
        return (JoinRequest.Create(identity, key), Certificates.Fingerprint(key));
    }

    /// <summary>Signs a request where the authority is, and remembers what it signed.</summary>
    /// <exception cref="TrustException">This device has no authority, or the request is not to be signed.</exception>
    public static (string Answer, X509Certificate2 Certificate) Sign(TrustFiles files, JoinRequest request, DateTimeOffset now)
    {
        using var authority = CertificateAuthority.Load(files);
        var certificate = authority.Sign(request, now);
        var pem = certificate.ExportCertificatePem();
        files.Write(Path.Combine(files.Issued, Certificates.SerialOf(certificate) + ".crt"), pem, isSecret: false);
        return ($"{pem}\n{authority.Certificate.ExportCertificatePem()}\n", certificate);
    }

    /// <summary>Installs the answer to this device's request; a running daemon takes it within seconds.</summary>
    /// <exception cref="TrustException">It is no answer to the last request of this device, or this device trusts another authority.</exception>
    public static TrustMaterial Install(TrustFiles files, string answer)
    {
        if (!File.Exists(files.RequestKey)) throw new TrustException("this device waits for no answer: make a request first ('amctl trust join request')");
        var certificates = new X509Certificate2Collection();
        try
        {
            certificates.ImportFromPem(answer);
        }
        catch (CryptographicException e)
        {
            throw new TrustException($"the answer cannot be read: {e.Message}", e);
        }

        if (certificates.Count != 2) throw new TrustException($"an answer has two certificates, the device's and the authority's; this has {certificates.Count}");
        var (certificate, authority) = (certificates[0], certificates[1]);
        if (File.Exists(files.AuthorityCertificate))
        {
            using var trusted = X509CertificateLoader.LoadCertificateFromFile(files.AuthorityCertificate);
            if (!trusted.RawDataMemory.Span.SequenceEqual(authority.RawDataMemory.Span))
                throw new TrustException($"the answer is of another authority than {files.AuthorityCertificate}; to change the authority remove that file first");
        }

        using var key = ECDsa.Create();
        key.ImportFromPem(File.ReadAllText(files.RequestKey));
        if (Certificates.Fingerprint(key) != Certificates.Fingerprint(certificate.PublicKey))
            throw new TrustException("the answer is to another request than the last one of this device");
        var material = TrustMaterial.Of(authority, certificate.CopyWithPrivateKey(key));
        files.Write(files.AuthorityCertificate, authority.ExportCertificatePem(), isSecret: false);
        files.Write(files.Device, $"{certificate.ExportCertificatePem()}\n{key.ExportPkcs8PrivateKeyPem()}", isSecret: true);
        File.Delete(files.RequestKey);
        return material;
    }
}
