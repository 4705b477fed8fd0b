using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using ActorMirror.Domain.Trust;

namespace ActorMirror.Trust;

/// <summary>The device group's own authority: its key lies on the device where it was made, and signs what an operator brings there.</summary>
public sealed class CertificateAuthority : IDisposable
{
    /// <summary>Longer than a machine lives: renewing it means that every device joins anew.</summary>
    public static readonly TimeSpan AuthorityLife = TimeSpan.FromDays(3653);

    public static readonly TimeSpan DeviceLife = TimeSpan.FromDays(730);

    private readonly X509Certificate2 certificate;

    private CertificateAuthority(X509Certificate2 certificate) => this.certificate = certificate;

    public string Group => DeviceIdentity.GroupOf(certificate.SubjectName);

    public X509Certificate2 Certificate => certificate;

    public static CertificateAuthority Create(string group, DateTimeOffset now)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var subject = new X500DistinguishedNameBuilder();
        subject.AddOrganizationName(group);
        subject.AddCommonName("ActorMirror device trust");
        var request = new CertificateRequest(subject.Build(), key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: true, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, critical: true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        return new CertificateAuthority(request.CreateSelfSigned(now - TrustRules.Grace, now + AuthorityLife));
    }

    /// <exception cref="TrustException">The authority's key is not on this device, or does not fit its certificate.</exception>
    public static CertificateAuthority Load(TrustFiles files)
    {
        if (!File.Exists(files.AuthorityKey))
            throw new TrustException($"{files.AuthorityKey} does not exist: sign where 'amctl trust init' ran");
        try
        {
            return new CertificateAuthority(X509Certificate2.CreateFromPemFile(files.AuthorityCertificate, files.AuthorityKey));
        }
        catch (Exception e) when (e is CryptographicException or IOException or UnauthorizedAccessException)
        {
            throw new TrustException($"the authority in {files.Directory} cannot be used: {e.Message}", e);
        }
    }

    /// <summary>Keeps the authority on this device.</summary>
    /// <exception cref="TrustException">There is one already.</exception>
    public void Save(TrustFiles files)
    {
        if (File.Exists(files.AuthorityKey) || File.Exists(files.AuthorityCertificate))
            throw new TrustException($"this device has an authority already ({files.AuthorityCertificate}); for a new one remove {files.Directory} on every device");
        using var key = certificate.GetECDsaPrivateKey()!;
        files.Write(files.AuthorityKey, key.ExportPkcs8PrivateKeyPem(), isSecret: true);
        files.Write(files.AuthorityCertificate, certificate.ExportCertificatePem(), isSecret: false);
    }

    /// <summary>Makes the certificate a device asks for.</summary>
    /// <exception cref="TrustException">The request is of another device group.</exception>
    public X509Certificate2 Sign(JoinRequest wanted, DateTimeOffset now)
    {
        if (wanted.Identity.Group != Group) throw new TrustException($"the request is of {wanted.Identity}; this authority is of group {Group}");
        if (!wanted.IsP256) throw new TrustException("the request's key is not on the curve P-256; make the request with 'amctl trust join request'");
        var request = new CertificateRequest(wanted.Identity.ToSubject(), wanted.Key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: false, hasPathLengthConstraint: false, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension(Certificates.Purposes, critical: false));
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(certificate, includeKeyIdentifier: true, includeIssuerAndSerial: false));
        var end = now + DeviceLife;
        var authorityEnd = new DateTimeOffset(certificate.NotAfter);
        var serial = RandomNumberGenerator.GetBytes(16);
        serial[0] = (byte)(serial[0] & 0x7f | 0x40); // positive, and always of the same length
        return request.Create(certificate, now - TrustRules.Grace, end < authorityEnd ? end : authorityEnd, serial);
    }

    public void Dispose() => certificate.Dispose();
}
