using System.Collections.Immutable;
using ActorMirror.Actors.Devices;
using ActorMirror.Actors.Runtime;
using ActorMirror.Actors.Tables;
using ActorMirror.Domain.Devices;
using ActorMirror.Domain.Trust;
using ActorMirror.Management;
using ActorMirror.Management.Contracts;

namespace ActorMirror.Node.Worker;

/// <summary>What operators may ask of this device.</summary>
internal sealed class DeviceControl(DeviceGroupModel model, DeviceContext context, ActorCell<DeviceMessage> device, DeviceRuntime runtime, bool allowFaults) : IDeviceControl
{
    // A full resync of a large table may stand before the handover.
    private static readonly TimeSpan HandoverPatience = TimeSpan.FromSeconds(60);

    // The total order takes milliseconds, a change of membership in between less than a second.
    private static readonly TimeSpan OrderPatience = TimeSpan.FromSeconds(10);

    // The table answers between two batches; one that failed meanwhile does not.
    private static readonly TimeSpan TablePatience = TimeSpan.FromSeconds(5);

    public async Task<CommandReport> ForceStandbyAsync(string trafficGroup, string? to, CancellationToken cancellation)
    {
        if (model.TrafficGroups.All(g => g.Name != trafficGroup))
            throw new DeviceCommandException(CommandFailure.NotFound, $"there is no traffic group '{trafficGroup}'");
        var done = new TaskCompletionSource<string?>(TaskCreationOptions.RunContinuationsAsynchronously);
        if (!device.Tell(new DeviceMessage.ForceStandby(trafficGroup, to, done)))
            throw new DeviceCommandException(CommandFailure.Unavailable, "the device is too busy to take a command");
        try
        {
            return await done.Task.WaitAsync(HandoverPatience, cancellation) is { } refusal
                ? throw new DeviceCommandException(CommandFailure.Conflict, refusal)
                : new CommandReport($"traffic group {trafficGroup} has moved");
        }
        catch (TimeoutException)
        {
            throw new DeviceCommandException(CommandFailure.Unavailable, $"traffic group {trafficGroup} has not moved within {HandoverPatience.TotalSeconds} s");
        }
    }

    public async Task<CommandReport> SetOfflineAsync(string name, bool offline, CancellationToken cancellation)
    {
        if (model.Devices.FirstOrDefault(d => d.Name == name) is not { } target)
            throw new DeviceCommandException(CommandFailure.NotFound, $"there is no device '{name}'");
        var done = new TaskCompletionSource<string?>(TaskCreationOptions.RunContinuationsAsynchronously);
        if (!device.Tell(new DeviceMessage.SetOffline(name, offline, done)))
            throw new DeviceCommandException(CommandFailure.Unavailable, "the device is too busy to take a command");
        try
        {
            if (await done.Task.WaitAsync(OrderPatience, cancellation) is { } refusal) throw new DeviceCommandException(CommandFailure.Conflict, refusal);
        }
        catch (TimeoutException)
        {
            throw new DeviceCommandException(CommandFailure.Unavailable, $"the group has not taken the command within {OrderPatience.TotalSeconds} s: try again");
        }

        return new CommandReport(offline ? await new OfflineWait(model, context, target).WatchAsync(cancellation) : $"device {name} is released");
    }

    public async Task<CommandReport> RevokeAsync(string serial, CancellationToken cancellation)
    {
        if (Revocation.Normalize(serial) is not { } digits)
            throw new DeviceCommandException(CommandFailure.NotFound, $"'{serial}' is no serial number of a certificate; 'amctl trust show' lists them");
        var done = new TaskCompletionSource<string?>(TaskCreationOptions.RunContinuationsAsynchronously);
        if (!device.Tell(new DeviceMessage.Revoke(digits, done)))
            throw new DeviceCommandException(CommandFailure.Unavailable, "the device is too busy to take a command");
        try
        {
            return await done.Task.WaitAsync(OrderPatience, cancellation) is { } refusal
                ? throw new DeviceCommandException(CommandFailure.Conflict, refusal)
                : new CommandReport($"certificate {digits} is revoked on every device of the group");
        }
        catch (TimeoutException)
        {
            throw new DeviceCommandException(CommandFailure.Unavailable, $"the group has not taken the revocation within {OrderPatience.TotalSeconds} s: try again");
        }
    }

    public async Task<CommandReport> ResyncAsync(string trafficGroup, CancellationToken cancellation)
    {
        if (!runtime.Runtimes.TryGetValue(trafficGroup, out var group))
            throw new DeviceCommandException(CommandFailure.NotFound, $"there is no traffic group '{trafficGroup}'");
        var done = new TaskCompletionSource<string?>(TaskCreationOptions.RunContinuationsAsynchronously);
        if (!group.Tables.TellData(new TableMessage.Resync(done.SetResult)))
            throw new DeviceCommandException(CommandFailure.Unavailable, "the table is too busy to take a command");
        try
        {
            return await done.Task.WaitAsync(TablePatience, cancellation) is { } refusal
                ? throw new DeviceCommandException(CommandFailure.Conflict, refusal)
                : new CommandReport($"traffic group {trafficGroup} is being resynced");
        }
        catch (TimeoutException)
        {
            throw new DeviceCommandException(CommandFailure.Unavailable, $"the table of {trafficGroup} has not answered within {TablePatience.TotalSeconds} s");
        }
    }

    public Task<CommandReport> DeletePersistenceAsync(PersistenceQuery query, CancellationToken cancellation) =>
        new PersistenceQuestion(runtime, query).DeleteAsync(cancellation);

    public ImmutableArray<ActorReport> Actors() => [.. Killable().Select(a => new ActorReport(a.Name, a.Restarts, a.Kills))];

    public Task<CommandReport> KillActorAsync(KillActorRequest request, CancellationToken cancellation)
    {
        var actors = Killable();
        var actor = actors.FirstOrDefault(a => a.Name == request.Actor)
            ?? throw new DeviceCommandException(CommandFailure.NotFound, $"there is no actor '{request.Actor}'; there are {string.Join(", ", actors.Select(a => a.Name))}");
        if (!actor.KillAtNext(request.Message))
            throw new DeviceCommandException(CommandFailure.NotFound, $"actor {actor.Name} takes no '{request.Message}'; it takes {string.Join(", ", actor.Kills.Keys)}");
        return Task.FromResult(new CommandReport($"actor {actor.Name} dies at its next {request.Message ?? "message"}"));
    }

    private ImmutableArray<IActorFaults> Killable() => allowFaults
        ? [.. runtime.Actors]
        : throw new DeviceCommandException(CommandFailure.Forbidden, "this daemon was not started with --allow-faults");
}
