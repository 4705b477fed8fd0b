using System.Collections.Immutable;

namespace ActorMirror.Management.Contracts;

/// <summary>The trust material of a device, as it lies on its disk.</summary>
/// <param name="Authority">Null: the device trusts no authority yet.</param>
/// <param name="HoldsAuthorityKey">Whether certificates are signed here.</param>
/// <param name="Own">Null: the device has no certificate.</param>
/// <param name="AwaitsAnswer">A request was made here and not answered.</param>
/// <param name="Issued">What the authority signed, when it is here.</param>
/// <param name="Revoked">Serial numbers this device knows to be revoked.</param>
public sealed record TrustReport(
    CertificateReport? Authority, bool HoldsAuthorityKey, CertificateReport? Own, bool AwaitsAnswer, ImmutableArray<CertificateReport> Issued,
    ImmutableArray<string> Revoked);

/// <param name="Subject">Whom it is for.</param>
/// <param name="Serial">In hexadecimal: what <c>trust revoke</c> takes.</param>
/// <param name="Fingerprint">Of the public key (SHA-256, 16 bytes): what two people compare.</param>
public sealed record CertificateReport(string Subject, string Serial, string Fingerprint, DateTimeOffset NotBefore, DateTimeOffset NotAfter, bool IsRevoked);

/// <param name="Serial">Of the certificate that is trusted no more.</param>
public sealed record RevokeRequest(string Serial);
