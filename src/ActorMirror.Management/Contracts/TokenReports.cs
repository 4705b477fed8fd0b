namespace ActorMirror.Management.Contracts;

/// <summary>What somebody may ask for; each role may all that those before it may.</summary>
public enum ApiRole
{
    /// <summary>Sees everything but the audit and the tokens.</summary>
    Viewer,

    /// <summary>Moves and resyncs traffic groups, and reads the audit.</summary>
    Operator,

    /// <summary>Takes trust from certificates, makes and revokes tokens.</summary>
    Admin,
}

/// <param name="Name">1 to 64 characters: who or what it is for.</param>
/// <param name="Days">It ends after so many, 1 to 3650; null: it lives until it is revoked.</param>
public sealed record TokenRequest(string Name, ApiRole Role, int? Days = null);

/// <param name="Token">Shown this once; the device keeps its hash.</param>
public sealed record NewToken(string Name, ApiRole Role, string Token, DateTimeOffset? ExpiresAt);

/// <param name="ExpiresAt">Null: it lives until it is revoked.</param>
public sealed record TokenReport(string Name, ApiRole Role, DateTimeOffset CreatedAt, DateTimeOffset? ExpiresAt, bool IsExpired);

/// <summary>Somebody changed something over the management API, or was refused.</summary>
/// <param name="Actor">The name of a token, the user of the control socket, or <c>nobody</c>.</param>
/// <param name="From">An address, or <c>socket</c>.</param>
/// <param name="Object">Of what: a traffic group, a serial number; empty: of the device.</param>
/// <param name="Status">The HTTP status code of the answer.</param>
/// <param name="Detail">What became of it, in a sentence.</param>
public sealed record AuditReport(DateTimeOffset At, string Actor, string From, string Action, string Object, int Status, string Detail);
