using ActorMirror.Configuration;
using ActorMirror.Trust;

namespace ActorMirror.Lab.Devices;

/// <summary>The trust of a run's device group: an authority in memory, and for each device a certificate, again for a machine that was replaced.</summary>
internal sealed class LabTrust(string configuration) : IDisposable
{
    private CertificateAuthority? _authority;

    /// <summary>Does for a device what an operator does with <c>amctl trust join</c>; a configuration with plain text needs nothing.</summary>
    public void Join(string device, string stateDirectory)
    {
        var files = new TrustFiles(stateDirectory);
        if (File.Exists(files.Device)) return;
        if (ConfigurationLoader.Load(configuration, device).Model is not { Mirroring.PlainText: false } model) return;
        var now = TimeProvider.System.GetUtcNow();
        _authority ??= CertificateAuthority.Create(model.GroupName, now);
        var (request, _) = Joining.Request(files, new DeviceIdentity(model.GroupName, model.Self.Id, model.Self.Name));
        using var certificate = _authority.Sign(JoinRequest.Read(request), now);
        Joining.Install(files, $"{certificate.ExportCertificatePem()}\n{_authority.Certificate.ExportCertificatePem()}\n");
    }

    public void Dispose() => _authority?.Dispose();
}
