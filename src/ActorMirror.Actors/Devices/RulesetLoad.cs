using ActorMirror.Actors.Runtime;
using ActorMirror.Domain.Cluster;
using Microsoft.Extensions.Logging;

namespace ActorMirror.Actors.Devices;

/// <summary>
/// A ruleset takes seconds to load on a starved machine, and an actor that stands still for so long costs the lease: it is loaded beside, and
/// <see cref="DeviceMessage.Loaded"/> tells when to go on. One load at a time, and it ends when it ends, whoever began it.
/// </summary>
internal sealed class RulesetLoad(IDeviceEnvironment environment, ILogger log)
{
    private Task<bool>? running;

    /// <returns>False: under way, or it failed; to be asked again at <see cref="DeviceMessage.Loaded"/> and with every retry.</returns>
    public bool IsDone(ClusterState state, IActorRef<DeviceMessage> asker)
    {
        if (running is null)
        {
            running = LoadAsync(state);
            _ = TellAsync(running, asker);
        }

        if (!running.IsCompleted) return false;
        var loaded = running.Result;
        running = null;
        return loaded;
    }

    private async Task<bool> LoadAsync(ClusterState state)
    {
        try
        {
            await Task.Run(() => environment.Load(state));
            return true;
        }
        catch (Exception failure)
        {
            log.LogError(failure, "The ruleset could not be loaded; trying again");
            return false;
        }
    }

    /// <summary>Told only once it is done: told from within, the message could be read before, and then the next tick would have to find it.</summary>
    private static async Task TellAsync(Task<bool> loading, IActorRef<DeviceMessage> asker)
    {
        await loading;
        asker.Tell(new DeviceMessage.Loaded());
    }
}
