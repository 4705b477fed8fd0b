using System.Collections.Immutable;

namespace ActorMirror.Management.Contracts;

/// <summary>What would become of a traffic group if its active device failed now; nothing is touched to find out.</summary>
/// <param name="NextActive">Who would take over; null: nobody.</param>
/// <param name="Obstacles">What stands in the way of a takeover without loss, in sentences; empty: nothing.</param>
/// <param name="Mirror">The active's end of the mirror channel; null: it has none.</param>
/// <param name="Owned">Open connections.</param>
/// <param name="Survive">Of those, the ones the mirror acknowledged, if there is somebody to take over.</param>
/// <param name="Exposed">The others, by reason.</param>
/// <param name="Listeners">The virtual servers and SNATs with open connections that would not go on.</param>
/// <param name="Addresses">What would move.</param>
public sealed record RehearsalReport(
    string TrafficGroup,
    string Active,
    string? NextActive,
    ImmutableArray<string> Obstacles,
    MirrorReport? Mirror,
    int Owned,
    int Survive,
    ImmutableArray<ExposedConnections> Exposed,
    ImmutableArray<ExposedListener> Listeners,
    ImmutableArray<string> Addresses);

/// <param name="Reason">Kebab-case, as in a loss report.</param>
/// <param name="Why">The same as a sentence.</param>
/// <param name="Examples">A few of them.</param>
public sealed record ExposedConnections(string Reason, int Connections, string Why, ImmutableArray<ConnectionReport> Examples);

/// <param name="Name">As connections are shown under.</param>
/// <param name="What">Destination of a virtual server, origins of a SNAT.</param>
public sealed record ExposedListener(string Name, string What, int Owned, int Survive);

/// <summary>Everything about one connection of this device.</summary>
/// <param name="Device">Whose answer it is.</param>
/// <param name="Role">What the device is for the connection's traffic group: active or mirror.</param>
/// <param name="MemberChoice">Why this member.</param>
/// <param name="Mirroring">Whether it is mirrored, by whom, or why not.</param>
/// <param name="CopyAgeMs">Since the mirror acknowledged its last change, to 100 ms; null: it has no copy, or it is not known here.</param>
/// <param name="AtFailover">What would become of it if the active failed now.</param>
public sealed record ConnectionExplanation(
    ConnectionReport Connection, string Device, Role Role, string MemberChoice, string Mirroring, double? CopyAgeMs, string AtFailover);
