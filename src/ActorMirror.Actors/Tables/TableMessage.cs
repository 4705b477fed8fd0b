using ActorMirror.DataPlane.Flows;
using ActorMirror.Domain.Connections;
using ActorMirror.Domain.Devices;
using ActorMirror.Domain.MirrorProtocol;
using ActorMirror.Domain.TrafficGroups;
using ActorMirror.MirrorChannel;

namespace ActorMirror.Actors.Tables;

/// <summary>What the table of a traffic group is on this device.</summary>
public abstract record TableRole
{
    private TableRole()
    {
    }

    /// <summary>The source of the mirror stream.</summary>
    /// <param name="Peer">Where to mirror to; null: nowhere (yet).</param>
    public sealed record Active(Epoch Epoch, MirrorPeer? Peer) : TableRole;

    /// <summary>The copy, kept ready in this device's kernel.</summary>
    public sealed record Mirror(Epoch Epoch, DeviceId Of, int Port) : TableRole;

    /// <param name="Forget">Whether the entries in the kernel are of no more use; otherwise a later role verifies them.</param>
    public sealed record Cold(bool Forget) : TableRole;
}

public abstract record TableMessage
{
    private TableMessage()
    {
    }

    public sealed record Role(TableRole Wanted) : TableMessage;

    /// <summary>Kernel events, in their order; the batch goes back to its pool after the last delivery.</summary>
    public sealed record Events(FlowBatch Batch) : TableMessage, IDisposable
    {
        public void Dispose() => Batch.Return();
    }

    /// <summary>Events were lost: the kernel must be dumped.</summary>
    public sealed record EventsLost : TableMessage;

    /// <summary>Changes of the active, to be applied in this kernel.</summary>
    public sealed record Apply(MirrorReceiver Receiver, MirrorBatch Batch) : TableMessage;

    public sealed record SnapshotWanted(MirrorSender Sender, SnapshotRequest Request) : TableMessage;

    public sealed record ChunkWanted(MirrorSender Sender, long Request, int Limit) : TableMessage;

    public sealed record Acknowledged(MirrorSender Sender, long Sequence) : TableMessage;

    public sealed record Retracted(MirrorSender Sender, Retraction[] Retractions) : TableMessage;

    public sealed record ChannelChanged(MirrorSender Sender, ChannelStatus Status) : TableMessage;

    /// <summary>Posted behind the events so far: answers with the number of the last change, and whether the mirror applied it in time.</summary>
    public sealed record Flush(Action<long, bool> Done) : TableMessage;

    /// <summary>Slow work goes on: lifetimes, retracted entries, sweeping.</summary>
    public sealed record Tick : TableMessage;

    /// <summary>For operators: up to <paramref name="Limit"/> connections.</summary>
    public sealed record List(int Limit, Action<IReadOnlyList<ListedConnection>> Done) : TableMessage;
}

/// <summary>A connection as an operator sees it.</summary>
/// <param name="Protection">Null on a mirror, and for virtual servers that are not mirrored.</param>
public readonly record struct ListedConnection(ConnectionRecord Record, Protection? Protection, RetractionReason? Reason, bool IsCopy);
