using ActorMirror.Cluster;
using ActorMirror.Domain.Cluster;

namespace ActorMirror.Actors.Devices;

/// <summary>
/// Commands on their way into the total order. A command belongs to the ring in which it was decided: what the engine does not take now is tried again
/// until then, and never in another ring. Kept statements are said again in every ring.
/// </summary>
/// <param name="current">The ring of the quorate view that the device has applied; null: there is none, and nothing can be decided.</param>
internal sealed class Outbox(IClusterEngine engine, Func<RingId?> current)
{
    // The engine takes a command within milliseconds. So many waiting ones are a ring that stands: more would not help it.
    public const int MostWaiting = 4096;

    // More statements at once would mean an actor that states without end.
    public const int MostKept = 1024;

    private readonly Queue<(RingId Ring, byte[] Command)> waiting = new();
    private readonly Dictionary<string, ClusterCommand> kept = [];
    private RingId? said;

    /// <returns>False: not sent, because there is no ring, or too much waits; who still wants it decides again.</returns>
    public bool Send(ClusterCommand command)
    {
        if (current() is not { } ring) return false;
        Retry();
        if (waiting.Count == MostWaiting) return false;
        waiting.Enqueue((ring, CommandCodec.Encode(command)));
        Retry();
        return true;
    }

    /// <summary>A statement that is true until it is replaced; null: no longer.</summary>
    /// <returns>False: there are too many.</returns>
    public bool Keep(string key, ClusterCommand? command)
    {
        if (command is null)
        {
            kept.Remove(key);
            return true;
        }

        if (kept.Count >= MostKept && !kept.ContainsKey(key)) return false;
        kept[key] = command;
        Send(command);
        return true;
    }

    /// <summary>After the view's own commands: a worker that came or went within the ring lost nobody's statements.</summary>
    public void ViewChanged()
    {
        if (current() == said) return;
        said = current();
        SayKept();
    }

    /// <summary>The device takes part: what it said before the state that is continued was chosen has been heard by nobody.</summary>
    public void Entered() => SayKept();

    public void Retry()
    {
        while (waiting.TryPeek(out var next) && (next.Ring != current() || engine.TrySend(next.Ring, next.Command))) waiting.Dequeue();
    }

    private void SayKept()
    {
        foreach (var command in kept.Values) Send(command);
    }
}
