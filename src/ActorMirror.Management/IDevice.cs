using System.Collections.Immutable;
using ActorMirror.Management.Contracts;

namespace ActorMirror.Management;

/// <summary>What the device shows of itself, from any thread. What is not a task answers from memory and never waits for the data path.</summary>
public interface IDeviceView
{
    StatusReport Status();

    /// <summary>What is counted beside the reports. May ask the kernel one short question.</summary>
    Measurements Measure();

    /// <summary>Whether this device is taking a traffic group over right now: then nothing else has a claim on the processor.</summary>
    bool IsPromoting { get; }

    ImmutableArray<DeviceReport> Devices();

    ImmutableArray<VirtualServerReport> VirtualServers();

    ImmutableArray<SnatReport> Snats();

    /// <summary>Every mirror channel this device has an end of.</summary>
    ImmutableArray<MirrorReport> Mirrors();

    /// <summary>The latest moves of traffic groups, newest first; empty when the journal cannot be read.</summary>
    Task<ImmutableArray<FailoverReport>> FailoversAsync(int limit, CancellationToken cancellation);

    /// <summary>A page of connections; waits for the tables, which answer between two batches.</summary>
    /// <exception cref="DeviceCommandException">No such traffic group or page.</exception>
    Task<ConnectionPage> ConnectionsAsync(ConnectionQuery query, CancellationToken cancellation);

    /// <summary>Persistence records; waits for the tables, which answer between two batches.</summary>
    /// <param name="limit">At most so many are listed.</param>
    /// <exception cref="DeviceCommandException">The question cannot be read, or names what does not exist.</exception>
    Task<PersistencePage> PersistenceAsync(PersistenceQuery query, int limit, CancellationToken cancellation);

    /// <summary>What would become of a traffic group if its active failed now; only the active knows.</summary>
    /// <exception cref="DeviceCommandException">No such traffic group, or it is not active here.</exception>
    Task<RehearsalReport> RehearseAsync(string trafficGroup, CancellationToken cancellation);

    /// <summary>Everything about one connection; found by its tuple, not by a walk.</summary>
    /// <param name="tuple">As people write it, e.g. <c>tcp 10.10.0.10:40000 10.10.0.100:5000</c>.</param>
    /// <exception cref="DeviceCommandException">It cannot be read, or no table of this device has it.</exception>
    Task<ConnectionExplanation> ExplainAsync(string tuple, CancellationToken cancellation);
}

/// <param name="TrafficGroup">Only those of one traffic group; null for all.</param>
/// <param name="Mirrored">Only those that are (true) or are not (false) mirrored; null for all.</param>
/// <param name="Limit">At most so many are listed; the total is counted all the same.</param>
/// <param name="After">Where the page begins: <see cref="ConnectionPage.Next"/> of the one before; null for the first.</param>
public sealed record ConnectionQuery(string? TrafficGroup, bool? Mirrored, int Limit, string? After)
{
    /// <summary>The largest page.</summary>
    public const int MostAtOnce = 100_000;
}

/// <summary>What an operator may ask of the device.</summary>
public interface IDeviceControl
{
    /// <summary>Moves a traffic group in a planned handover; returns when it is active elsewhere.</summary>
    /// <param name="to">Name of the device to move to; null for the next-active.</param>
    /// <exception cref="DeviceCommandException">Nothing moved; the message says why.</exception>
    Task<CommandReport> ForceStandbyAsync(string trafficGroup, string? to, CancellationToken cancellation);

    /// <summary>
    /// Takes a device out of service, or releases it, whichever device is asked. Of one taken out, returns when its traffic groups have moved, or says which
    /// have not.
    /// </summary>
    /// <exception cref="DeviceCommandException">Nothing was decided; the message says why.</exception>
    Task<CommandReport> SetOfflineAsync(string name, bool offline, CancellationToken cancellation);

    /// <summary>Takes the trust from a certificate, on every device and for good; channels of its device end.</summary>
    /// <param name="serial">In hexadecimal, with or without colons.</param>
    /// <exception cref="DeviceCommandException">It is not revoked; the message says why.</exception>
    Task<CommandReport> RevokeAsync(string serial, CancellationToken cancellation);

    /// <summary>Sends every connection of a traffic group to its next-active again, behind live changes; returns when that was begun.</summary>
    /// <exception cref="DeviceCommandException">Nothing was begun; the message says why.</exception>
    Task<CommandReport> ResyncAsync(string trafficGroup, CancellationToken cancellation);

    /// <summary>Forgets persistence records, here, in the kernel and on the mirror: these clients are given a member like any other.</summary>
    /// <exception cref="DeviceCommandException">The question cannot be read or names what does not exist, or this device is not active.</exception>
    Task<CommandReport> DeletePersistenceAsync(PersistenceQuery query, CancellationToken cancellation);

    /// <summary>The actors that can be killed; only in daemons started with <c>--allow-faults</c>.</summary>
    /// <exception cref="DeviceCommandException">Faults are not allowed.</exception>
    ImmutableArray<ActorReport> Actors();

    /// <summary>Makes an actor fail, to prove its supervision; only in daemons started with <c>--allow-faults</c>.</summary>
    /// <exception cref="DeviceCommandException">No such actor, or faults are not allowed.</exception>
    Task<CommandReport> KillActorAsync(KillActorRequest request, CancellationToken cancellation);
}

public enum CommandFailure
{
    /// <summary>What was asked cannot be read (400).</summary>
    Malformed,

    /// <summary>No such object (404).</summary>
    NotFound,

    /// <summary>Known, but not possible now (409).</summary>
    Conflict,

    /// <summary>This daemon was not started to allow it (403).</summary>
    Forbidden,

    /// <summary>No quorum, or it took too long (503).</summary>
    Unavailable,
}

/// <summary>A command was refused; the message is for the operator.</summary>
public sealed class DeviceCommandException(CommandFailure failure, string message) : Exception(message)
{
    public CommandFailure Failure { get; } = failure;
}
