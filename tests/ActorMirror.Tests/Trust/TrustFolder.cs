using ActorMirror.Domain.Devices;
using ActorMirror.Trust;

namespace ActorMirror.Tests.Trust;

/// <summary>A device group's authority, and state directories of its devices in a folder that goes with the test.</summary>
internal sealed class TrustFolder(string group = "dg1", DateTimeOffset? founded = null) : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("am-trust-").FullName;

    public CertificateAuthority Authority { get; } = CertificateAuthority.Create(group, founded ?? TimeProvider.System.GetUtcNow());

    public string State(string device) => Path.Combine(_root, device);

    public TrustFiles Files(string device) => new(State(device));

    /// <summary>What <c>amctl trust join</c> does; the certificate may be of another time, name another device, or be of another authority.</summary>
    public TrustMaterial Join(string device, int id, DateTimeOffset? now = null, CertificateAuthority? by = null)
    {
        by ??= Authority;
        var (request, _) = Joining.Request(Files(device), new DeviceIdentity(by.Group, new DeviceId(id), device));
        using var certificate = by.Sign(JoinRequest.Read(request), now ?? TimeProvider.System.GetUtcNow());
        return Joining.Install(Files(device), certificate.ExportCertificatePem() + "\n" + by.Certificate.ExportCertificatePem());
    }

    public void Dispose()
    {
        Authority.Dispose();
        Directory.Delete(_root, recursive: true);
    }
}
