using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace ActorMirror.Trust;

/// <summary>What a device asks the authority to sign (PKCS #10): who it is, and its public key. Its private key never leaves it.</summary>
public sealed class JoinRequest
{
    private const string P256 = "1.2.840.10045.3.1.7";

    private JoinRequest(DeviceIdentity identity, PublicKey key) => (Identity, Key) = (identity, key);

    public DeviceIdentity Identity { get; }

    public PublicKey Key { get; }

    internal bool IsP256
    {
        get
        {
            using var key = Key.GetECDsaPublicKey();
            return key?.ExportParameters(includePrivateParameters: false).Curve.Oid.Value == P256;
        }
    }

    /// <summary>Makes a request in PEM that proves possession of the key.</summary>
    public static string Create(DeviceIdentity identity, ECDsa key) =>
        new CertificateRequest(identity.ToSubject(), key, HashAlgorithmName.SHA256).CreateSigningRequestPem();

    /// <exception cref="TrustException">It is no request, its signature does not fit its key, or it names no device.</exception>
    public static JoinRequest Read(string pem)
    {
        CertificateRequest request;
        try
        {
            request = CertificateRequest.LoadSigningRequestPem(pem, HashAlgorithmName.SHA256);
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            throw new TrustException($"this is no request that can be trusted: {e.Message}", e);
        }

        return DeviceIdentity.Of(request.SubjectName) is { } identity
            ? new JoinRequest(identity, request.PublicKey)
            : throw new TrustException("the request names no device; make it with 'amctl trust join request'");
    }
}
