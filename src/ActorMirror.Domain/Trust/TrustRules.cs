using System.Collections.Immutable;
using ActorMirror.Domain.Devices;

namespace ActorMirror.Domain.Trust;

/// <summary>Why a peer's certificate is not trusted.</summary>
public enum TrustRefusal
{
    None,

    /// <summary>Another authority signed it, or it is no device's certificate.</summary>
    UnknownAuthority,
    Revoked,
    NotYetValid,
    Expired,
    WrongGroup,
    WrongDevice,
}

/// <summary>Whom a device believes on a mirror channel. Only the validity asks the wall clock, and forgives it a day.</summary>
public static class TrustRules
{
    /// <summary>How far two devices' clocks may differ: a certificate is still, or already, good this long outside its validity.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromDays(1);

    /// <summary>An expiry is announced this long ahead.</summary>
    public static readonly TimeSpan Announced = TimeSpan.FromDays(30);

    /// <summary>Judges a certificate; <paramref name="detail"/> is a sentence for the operator, empty when it is trusted.</summary>
    /// <param name="expected">Who must have shown it; null: any device of the group, its hello says which.</param>
    /// <param name="revoked">Serial numbers.</param>
    public static TrustRefusal Judge(
        in PeerCertificate shown, string group, DeviceId? expected, ImmutableSortedSet<string> revoked, DateTimeOffset now, out string detail)
    {
        ArgumentNullException.ThrowIfNull(revoked);
        (var refusal, detail) = shown switch
        {
            { IsOurs: false } => (TrustRefusal.UnknownAuthority, $"certificate {shown.Serial} is not signed by the authority of this device group"),
            _ when revoked.Contains(shown.Serial) => (TrustRefusal.Revoked, $"certificate {shown.Serial} was revoked"),
            _ when now < shown.NotBefore - Grace => (TrustRefusal.NotYetValid, $"certificate {shown.Serial} is valid from {shown.NotBefore:u} on: compare the clocks"),
            _ when now > shown.NotAfter + Grace => (TrustRefusal.Expired, $"certificate {shown.Serial} expired {shown.NotAfter:u}"),
            _ when shown.Group != group => (TrustRefusal.WrongGroup, $"certificate {shown.Serial} is of device group '{shown.Group}', not '{group}'"),
            _ when shown.Device is null || (expected is not null && shown.Device != expected) => (TrustRefusal.WrongDevice,
                $"certificate {shown.Serial} is of device {shown.Device?.ToString() ?? "nobody"}, expected was {expected?.ToString() ?? "a device"}"),
            _ => (TrustRefusal.None, ""),
        };
        return refusal;
    }

    /// <summary>The text of an alarm about an expiry; null while there is time.</summary>
    /// <param name="what">What expires, for example "this device's certificate".</param>
    public static string? Expiry(string what, DateTimeOffset notAfter, DateTimeOffset now) =>
        now > notAfter ? $"{what} expired {notAfter:yyyy-MM-dd}: channels that stand go on, new ones are refused"
        : now > notAfter - Announced ? $"{what} expires {notAfter:yyyy-MM-dd}"
        : null;
}
