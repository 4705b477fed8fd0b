using ActorMirror.Domain.Cluster;

namespace ActorMirror.Actors.Devices;

/// <summary>
/// Commands on their way into the total order. What the engine does not take now is tried again until the view changes: a command belongs to the view in which
/// it was decided. Kept statements are said again in every view.
/// </summary>
internal sealed class Outbox(DeviceContext context)
{
    private readonly Queue<byte[]> waiting = new();
    private readonly Dictionary<string, ClusterCommand> kept = [];
    private RingId ring;

    public void Send(ClusterCommand command)
    {
        waiting.Enqueue(CommandCodec.Encode(command));
        Retry();
    }

    /// <returns>False: there are too many.</returns>
    public bool Keep(string key, ClusterCommand? command, int most)
    {
        if (command is null)
        {
            kept.Remove(key);
            return true;
        }

        if (kept.Count >= most && !kept.ContainsKey(key)) return false;
        kept[key] = command;
        Send(command);
        return true;
    }

    public void ViewChanged(ClusterEvent.View view)
    {
        // A ring drops what was decided before it; a worker that came or went within the ring does not.
        if (view.Ring == ring) return;
        ring = view.Ring;
        if (!view.Quorate) return;
        foreach (var command in kept.Values) waiting.Enqueue(CommandCodec.Encode(command));
        Retry();
    }

    public void Retry()
    {
        var current = context.Replica.View?.Ring ?? ring;
        while (waiting.TryPeek(out var command) && context.Engine.TrySend(current, command)) waiting.Dequeue();
    }
}
