using ActorMirror.Domain.Devices;
using ActorMirror.Domain.TrafficGroups;

namespace ActorMirror.Actors.Groups;

public abstract record GroupMessage
{
    private GroupMessage()
    {
    }

    /// <summary>The ordered decision for this device; null: it has no part in the group.</summary>
    /// <param name="Detection">From the last sign of life of the lost owner to the decision; null when nothing failed.</param>
    /// <param name="Guard">What is left to wait for the owners that were lost without a word; null: their whole lease.</param>
    public sealed record Assigned(LocalRole? Role, TimeSpan? Detection, TimeSpan? Guard = null) : GroupMessage;

    /// <summary>A timer, a word or an answer that moves the group.</summary>
    public sealed record Moved(GroupInput Input) : GroupMessage;

    /// <summary>The lease is valid (again): a gate that waits for it may open.</summary>
    public sealed record LeaseGranted : GroupMessage;

    /// <summary>Gratuitous ARP is repeated: frames get lost.</summary>
    public sealed record AnnounceAgain(Epoch Epoch, int Left) : GroupMessage;

    /// <summary>Some address could not be brought up or down.</summary>
    public sealed record RetryAddresses(Epoch Epoch, bool Up) : GroupMessage;

    /// <summary>The copy on the mirror is complete, or not any more.</summary>
    public sealed record CopyChanged(Epoch Epoch, DeviceId Peer, bool Complete, ulong Incarnation) : GroupMessage;

    /// <summary>A planned handover has waited long enough for a complete copy.</summary>
    public sealed record HandoverPatienceOver(ulong RequestId) : GroupMessage;

    /// <summary>The table's changes up to here are to be applied before the group is released.</summary>
    public sealed record TableFlushed(Epoch Epoch, long Sequence, bool Applied) : GroupMessage;
}
