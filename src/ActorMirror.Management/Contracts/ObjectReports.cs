using System.Collections.Immutable;

namespace ActorMirror.Management.Contracts;

/// <summary>A device of the group, for <c>GET /api/v1/devices</c>.</summary>
/// <param name="InView">Whether its worker is in the view.</param>
/// <param name="Synced">Whether it holds the replicated state and may take roles.</param>
/// <param name="Suspect">Whether it was silent beyond its lease and has not re-entered.</param>
/// <param name="FailedVlans">VLANs it reports as down.</param>
/// <param name="LastHeardMs">Age of its newest heartbeat; null when none was heard.</param>
/// <param name="SameConfiguration">Whether its configuration has the digest of this device's; null when unknown.</param>
/// <param name="Alarms">Those of the device that answers; null for the others: each knows its own.</param>
/// <param name="Offline">Whether an operator took it out of service.</param>
/// <param name="HaScores">By HA group, as it told them last.</param>
public sealed record DeviceReport(
    string Name,
    int Id,
    bool Self,
    string Management,
    string Mirror,
    bool InView,
    bool Synced,
    bool Suspect,
    ImmutableArray<string> FailedVlans,
    double? LastHeardMs,
    bool? SameConfiguration,
    ImmutableArray<string> ActiveFor,
    ImmutableArray<string> NextActiveFor,
    ImmutableArray<AlarmReport>? Alarms,
    bool Offline,
    ImmutableSortedDictionary<string, int> HaScores);

/// <param name="State">up, down, or unknown (no monitor, or not probed yet).</param>
public sealed record PoolMemberReport(string Address, int Ratio, string State, int Connections);

/// <param name="Protocol">tcp, udp, or any.</param>
/// <param name="Pool">Null: it forwards.</param>
/// <param name="Connections">Open connections this device forwards for it, or holds as copies.</param>
/// <param name="Protected">Of those, the ones the mirror acknowledged as applied, or copies that are in this device's kernel.</param>
public sealed record VirtualServerReport(
    string Name,
    int Number,
    string Destination,
    string Protocol,
    string TrafficGroup,
    string? Pool,
    string Mirror,
    string Snat,
    int Connections,
    int Protected,
    ImmutableArray<PoolMemberReport> Members);

/// <param name="Vlans">Where the origins' packets come in; empty: on any.</param>
/// <param name="Automap">Whether <paramref name="Translations"/> are the traffic group's floating self IPs, chosen by the VLAN a connection leaves by.</param>
/// <param name="Connections">Open connections this device forwards for it, or holds as copies.</param>
/// <param name="Protected">Of those, the ones the mirror acknowledged as applied, or copies that are in this device's kernel.</param>
public sealed record SnatReport(
    string Name,
    int Number,
    ImmutableArray<string> Origins,
    ImmutableArray<string> Vlans,
    bool Automap,
    ImmutableArray<string> Translations,
    string TrafficGroup,
    string Mirror,
    int Connections,
    int Protected);

/// <summary>A connection of this device's table: both directions, as the kernel translates it.</summary>
/// <param name="Mirrored">On the active: acknowledged as applied by the mirror. On the mirror: it is such a copy.</param>
/// <param name="Reason">Why it is not mirrored, in the words of loss reports, e.g. <c>not-acknowledged</c>; null when it is.</param>
/// <param name="VirtualServer">Its virtual server, or <c>snat/NAME</c> of a connection that goes out.</param>
/// <param name="Helper">What the kernel's FTP helper makes of it; null: nothing.</param>
public sealed record ConnectionReport(
    string TrafficGroup,
    string VirtualServer,
    string Protocol,
    string Client,
    string Destination,
    string Member,
    string? Snat,
    string State,
    bool Mirrored,
    string? Reason,
    string? Helper = null);

/// <param name="Total">How many match in all; the page holds at most as many as were asked for.</param>
/// <param name="Next">Where the next page begins, to be given as <c>after</c>; null: this is the last one.</param>
public sealed record ConnectionPage(int Total, ImmutableArray<ConnectionReport> Connections, string? Next);

/// <param name="To">Name of the device to move to; null for the next-active.</param>
public sealed record ForceStandbyRequest(string? To);

/// <param name="Actor">Name of the actor, e.g. <c>connection-table/tg1</c>.</param>
/// <param name="Message">Name of the message type at which it is to fail; null: at the next one, whatever it is.</param>
public sealed record KillActorRequest(string Actor, string? Message);

/// <param name="Restarts">How often it failed, on request or not.</param>
/// <param name="Kills">Every message type it takes, and how often it was killed at one on request and replaced.</param>
public sealed record ActorReport(string Name, int Restarts, ImmutableSortedDictionary<string, int> Kills);

/// <param name="Detail">One sentence about what happened, for a person.</param>
public sealed record CommandReport(string Detail);
