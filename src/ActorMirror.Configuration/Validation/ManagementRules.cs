using ActorMirror.Configuration.Reading;
using ActorMirror.Domain.Devices;

namespace ActorMirror.Configuration.Validation;

/// <summary>Whether the management API can be served, and to whom it shows what.</summary>
internal static class ManagementRules
{
    public static void Check(GroupConfig config, Problems problems)
    {
        var management = config.Management;
        Certificate(management, problems);
        if (management is { Listen.Value: not ApiListener.Off, Tls.Value: false, ReadWithoutToken: { Value: false } token })
        {
            problems.Error(
                token.Origin, "nobody could read anything: reading needs a token, and over plain HTTP none is taken", "set tls.enabled = on, or read-without-token = on");
        }

        if (management.Listen is not { Value: ApiListener.Management } listen) return;
        if (management.Tls is { Value: false } tls)
        {
            problems.Warning(
                tls.Origin, $"the management API listens on the management address ({listen.Origin.Path}) in plain text: whoever is on that network reads along",
                "set tls.enabled = on; without TLS nothing can be changed over it either");
        }

        MirrorPorts(config, problems);
    }

    private static void Certificate(ManagementConfig management, Problems problems)
    {
        switch (management)
        {
            case { Certificate: { } certificate, Key: null }:
                problems.Error(certificate.Origin, "the certificate has no key", "name the file of its private key in tls.key");
                break;
            case { Certificate: null, Key: { } key }:
                problems.Error(key.Origin, "the key has no certificate", "name the file of its certificate in tls.certificate");
                break;
            case { Certificate: { } unused, Tls.Value: false }:
                problems.Warning(unused.Origin, "the certificate does not count with tls.enabled = off", "set tls.enabled = on, or leave it out");
                break;
        }
    }

    /// <summary>Both would listen on one address, for as long as the device mirrors a traffic group.</summary>
    private static void MirrorPorts(GroupConfig config, Problems problems)
    {
        if (config.Management.Port is not { } port || config.Mirroring is not { FirstPort.Value: var first, LastPort.Value: var last }) return;
        if (port.Value < first || port.Value > last) return;
        if (config.Devices.FirstOrDefault(d => d.Management is { } m && (m.Value == d.Mirror?.Value || m.Value == d.MirrorSecondary?.Value)) is not { } device) return;
        problems.Error(
            port.Origin, $"port {port.Value} is one of the mirror channels' ({first} to {last}), and device '{device.Name}' mirrors over its management address",
            "choose a port outside of mirroring.ports");
    }
}
