using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using ActorMirror.Domain.Devices;
using ActorMirror.Node.Worker;
using Microsoft.Extensions.Logging.Abstractions;

namespace ActorMirror.Tests.Node;

public sealed class ApiCertificateTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("am-cert-").FullName;

    private CertificateFiles Files => new(Path.Combine(_folder, "api.crt"), Path.Combine(_folder, "api.key"));

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_renewed_certificate_is_taken_and_a_broken_one_is_not()
    {
        Write("CN=first", 1);
        using var shown = new ApiCertificate(Files, null!, NullLogger.Instance);
        shown.Problem.ShouldBeNull();
        shown.Context!.TargetCertificate.Subject.ShouldBe("CN=first");

        File.WriteAllText(Files.Certificate, "half of a certificate");
        Touch(2);
        shown.Problem.ShouldBeNull();
        shown.Context!.TargetCertificate.Subject.ShouldBe("CN=first");

        Write("CN=second", 3);
        shown.Problem.ShouldBeNull();
        shown.Context!.TargetCertificate.Subject.ShouldBe("CN=second");
    }

    [Fact]
    public void Without_a_certificate_it_says_why()
    {
        using var shown = new ApiCertificate(Files, null!, NullLogger.Instance);
        shown.Context.ShouldBeNull();
        shown.Problem!.ShouldContain("the management API has no certificate it can use");
        Write("CN=late", 1);
        shown.Problem.ShouldBeNull();
    }

    private void Write(string subject, int second)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var certificate = new CertificateRequest(subject, key, HashAlgorithmName.SHA256)
            .CreateSelfSigned(TimeProvider.System.GetUtcNow().AddDays(-1), TimeProvider.System.GetUtcNow().AddDays(1));
        File.WriteAllText(Files.Certificate, certificate.ExportCertificatePem());
        File.WriteAllText(Files.Key, key.ExportPkcs8PrivateKeyPem());
        Touch(second);
    }

    /// <summary>The change is seen by its time, whatever the clock of the file system resolves.</summary>
    private void Touch(int second)
    {
        foreach (var file in (string[])[Files.Certificate, Files.Key]) File.SetLastWriteTimeUtc(file, DateTime.UnixEpoch.AddSeconds(second));
    }
}
