using System.Collections.Immutable;
using ActorMirror.Management.Contracts;

namespace ActorMirror.Management;

/// <summary>What the device shows of itself. Every call answers from memory, from any thread, and never waits for the data path.</summary>
public interface IDeviceView
{
    StatusReport Status();

    ImmutableArray<DeviceReport> Devices();

    ImmutableArray<VirtualServerReport> VirtualServers();

    /// <param name="mirrored">Only those that are (true) or are not (false) mirrored; null for all.</param>
    /// <param name="limit">At most so many are listed; the total is counted all the same.</param>
    ConnectionPage Connections(string? trafficGroup, bool? mirrored, int limit);
}

/// <summary>What an operator may ask of the device.</summary>
public interface IDeviceControl
{
    /// <summary>Moves a traffic group in a planned handover; returns when it is active elsewhere.</summary>
    /// <param name="to">Name of the device to move to; null for the next-active.</param>
    /// <exception cref="DeviceCommandException">Nothing moved; the message says why.</exception>
    Task<CommandReport> ForceStandbyAsync(string trafficGroup, string? to, CancellationToken cancellation);

    /// <summary>The actors that can be killed; only in daemons started with <c>--allow-faults</c>.</summary>
    /// <exception cref="DeviceCommandException">Faults are not allowed.</exception>
    ImmutableArray<ActorReport> Actors();

    /// <summary>Makes an actor fail, to prove its supervision; only in daemons started with <c>--allow-faults</c>.</summary>
    /// <exception cref="DeviceCommandException">No such actor, or faults are not allowed.</exception>
    Task<CommandReport> KillActorAsync(KillActorRequest request, CancellationToken cancellation);
}

public enum CommandFailure
{
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
