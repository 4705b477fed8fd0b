using ActorMirror.Domain.Devices;

namespace ActorMirror.Domain.Trust;

/// <summary>What a certificate says of the device that showed it.</summary>
/// <param name="IsOurs">It is a device's certificate, signed by the device group's own authority; false makes the rest hearsay.</param>
/// <param name="Serial">In hexadecimal, lower case: what a revocation names.</param>
/// <param name="Group">Name of the device group; empty when it names none.</param>
/// <param name="Device">Null when it names none.</param>
public readonly record struct PeerCertificate(
    bool IsOurs, string Serial, string Group, DeviceId? Device, DateTimeOffset NotBefore, DateTimeOffset NotAfter);
