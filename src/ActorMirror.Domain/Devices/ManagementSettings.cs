using System.Collections.Immutable;

namespace ActorMirror.Domain.Devices;

/// <summary>Where the management API listens beside the control socket.</summary>
public enum ApiListener
{
    Off,

    /// <summary>127.0.0.1 and ::1 of the host's network namespace.</summary>
    Loopback,

    /// <summary>The device's management address.</summary>
    Management,
}

/// <param name="Certificate">Absolute path of a PEM file with the certificate, and what leads to its authority.</param>
/// <param name="Key">Absolute path of the PEM file with its private key.</param>
public sealed record CertificateFiles(string Certificate, string Key);

/// <param name="ReadWithoutToken">Whether what only shows is answered to anybody.</param>
/// <param name="HostNames">Under which clients may ask over plain HTTP, beside addresses and localhost.</param>
/// <param name="Tls">False: plain HTTP, over which nothing can be changed.</param>
/// <param name="Files">Null: the certificate of the device's trust is shown.</param>
public sealed record ManagementSettings(
    ApiListener Listen, int Port, bool ReadWithoutToken, ImmutableArray<string> HostNames, bool Tls, CertificateFiles? Files)
{
    /// <summary>Akka.Management's, so that what asks there finds us.</summary>
    public const int DefaultPort = 8558;

    public static readonly ManagementSettings Default = new(ApiListener.Off, DefaultPort, true, [], true, null);
}
