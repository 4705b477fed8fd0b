using System.Collections.Immutable;

namespace ActorMirror.Management.Contracts;

/// <summary>A client and the member it returns to, for <c>GET /api/v1/persistence</c>.</summary>
/// <param name="VirtualServers">Those that share the record.</param>
/// <param name="Mode">source-address or destination-address.</param>
/// <param name="Client">What it is known by: an address, or the network that a mask makes one client.</param>
/// <param name="AgeMs">Since it began or its member changed; null: this device is not active and does not know it.</param>
/// <param name="Connections">Open ones; null as before.</param>
/// <param name="TimeoutMs">Lifetime after its last connection.</param>
/// <param name="RemainingMs">What is left of it; while there are connections, all.</param>
/// <param name="Mirrored">On the active: acknowledged as applied by the mirror. On the mirror: it is such a copy.</param>
public sealed record PersistenceReport(
    string TrafficGroup,
    ImmutableArray<string> VirtualServers,
    string Mode,
    string Client,
    string Pool,
    string Member,
    double? AgeMs,
    int? Connections,
    double TimeoutMs,
    double RemainingMs,
    bool Mirrored);

/// <param name="Total">How many this device holds, asked for or not.</param>
/// <param name="Refused">Clients that were not remembered for want of room (data-plane.max-persistence-records).</param>
/// <param name="IsMore">More match than are listed.</param>
public sealed record PersistencePage(int Total, long Refused, bool IsMore, ImmutableArray<PersistenceReport> Records);

/// <summary>Which records are meant; what is null does not matter.</summary>
/// <param name="Client">An address; a record of its network is meant too. Only of mode source-address.</param>
/// <param name="Key">The same of any mode.</param>
/// <param name="Member">Address, or address and port.</param>
public sealed record PersistenceQuery(
    string? TrafficGroup = null, string? VirtualServer = null, string? Pool = null, string? Member = null, string? Mode = null, string? Client = null, string? Key = null)
{
    public static readonly PersistenceQuery All = new();
}
