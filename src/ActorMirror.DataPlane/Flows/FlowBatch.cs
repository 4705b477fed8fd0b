using System.Collections.Concurrent;
using ActorMirror.Domain.Connections;

namespace ActorMirror.DataPlane.Flows;

public enum FlowEventKind : byte
{
    /// <summary>The connection is as the record says: new, established, or closing.</summary>
    Seen,

    /// <summary>The kernel forgot it: it had ended, or nothing came for too long.</summary>
    Gone,

    /// <summary>
    /// The entry was taken out of the kernel's table before its time though the connection had not begun to close: somebody deleted or flushed it,
    /// or the kernel made room. Of the record only flow and mark are whole.
    /// </summary>
    Removed,

    /// <summary>
    /// The connection's helper expects a connection, or does so no longer, and may have moved its sequence numbers: look. Of the record only the original flow is there.
    /// </summary>
    Helped,

    /// <summary>A connection that a helper expected has begun: of the record original flow and mark are its own, the reply is the original flow of its master.</summary>
    Expected,
}

/// <param name="HasHelper">Its text is read by the kernel's FTP helper.</param>
/// <param name="IsLarge">It carried as many bytes as its virtual server or SNAT waits for before it is mirrored; told once, at that moment, and in dumps.</param>
public readonly record struct FlowEvent(FlowEventKind Kind, ConnectionRecord Record, bool IsLarge = false, bool HasHelper = false);

/// <summary>Events of one channel of a traffic group, in their order. Taken from a pool by the listener, given back by the table's owner.</summary>
public sealed class FlowBatch
{
    // Batches beyond these are garbage: the pool follows the usual load, not the peak.
    private const int MostPooled = 256;

    private static readonly ConcurrentBag<FlowBatch> Pool = [];

    private bool rented;

    private FlowBatch()
    {
    }

    public List<FlowEvent> Events { get; } = new(64);

    public static FlowBatch Rent()
    {
        var batch = Pool.TryTake(out var pooled) ? pooled : new FlowBatch();
        Volatile.Write(ref batch.rented, true);
        return batch;
    }

    /// <summary>A second return does nothing: two owners would fill one list.</summary>
    public void Return()
    {
        if (!Interlocked.Exchange(ref rented, false)) return;
        Events.Clear();
        if (Pool.Count < MostPooled) Pool.Add(this);
    }
}

/// <summary>Where a device's connection events go, by traffic group and channel; called on the listener's thread.</summary>
public interface IFlowSink
{
    /// <param name="channel">From 1, see <see cref="ChannelShare"/>.</param>
    /// <returns>False: the owner cannot take it now; its table no longer follows the kernel and needs a dump.</returns>
    bool Post(int trafficGroup, int channel, FlowBatch batch);

    /// <summary>Events were lost for this channel (0 and 0: for all of all traffic groups): its owner must dump.</summary>
    void Lost(int trafficGroup, int channel);

    /// <summary>No events come any more.</summary>
    void Broken(Exception reason);
}
