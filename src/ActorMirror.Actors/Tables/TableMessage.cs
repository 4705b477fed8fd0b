using System.Collections.Immutable;
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

    /// <summary>The active's digest, behind the changes before it: to be compared with this kernel's.</summary>
    public sealed record Compare(MirrorReceiver Receiver, StreamId Stream, TableDigest Digest) : TableMessage;

    /// <summary>For operators: everything is to be sent to the mirror again. Answers with null, or with why not.</summary>
    public sealed record Resync(Action<string?> Done) : TableMessage;

    public sealed record DigestWanted(MirrorSender Sender) : TableMessage;

    public sealed record RepairWanted(MirrorSender Sender, RepairRequest Request) : TableMessage;

    public sealed record SnapshotWanted(MirrorSender Sender, SnapshotRequest Request) : TableMessage;

    public sealed record ChunkWanted(MirrorSender Sender, long Request, int Limit) : TableMessage;

    public sealed record Retracted(MirrorSender Sender, Retraction[] Retractions) : TableMessage;

    public sealed record ChannelChanged(MirrorSender Sender, ChannelStatus Status) : TableMessage;

    /// <summary>Posted behind the events so far: answers with the number of the last change, and whether the mirror applied it in time.</summary>
    public sealed record Flush(Action<long, bool> Done) : TableMessage;

    /// <summary>Slow work goes on: lifetimes, retracted entries, sweeping.</summary>
    public sealed record Tick : TableMessage;

    /// <summary>For operators: a piece of the table, found between two batches.</summary>
    /// <param name="Cursor">0 at first, then <see cref="TablePage.Next"/> of the answer before.</param>
    /// <param name="Limit">At most so many in the answer.</param>
    /// <param name="Mirrored">Only those that are (true) or are not (false) safe on a mirror; null: all.</param>
    public sealed record List(long Cursor, int Limit, bool? Mirrored, Action<TablePage> Done) : TableMessage
    {
        /// <summary>The low half of the cursor; it came from outside.</summary>
        internal int Slot => (int)(Cursor & int.MaxValue);
    }

    /// <summary>For operators: one connection; null: it is not in the table.</summary>
    public sealed record Find(FlowKey Key, Action<ListedConnection?> Done) : TableMessage;
}

/// <summary>A piece of a table. It may be empty though there are more: only so many entries are looked at in one go.</summary>
/// <param name="Next">Where the next piece begins; null: this was the last.</param>
/// <param name="Total">How many there are in all.</param>
public sealed record TablePage(ImmutableArray<ListedConnection> Connections, long? Next, int Total);

/// <summary>A connection as an operator sees it.</summary>
/// <param name="Exposure">On the active: why it would not outlive this device. On the mirror: why it would not outlive the active. Null: it would.</param>
/// <param name="For">On the active: how long it has been protected or not; null: not known.</param>
/// <param name="Helped">What the kernel's helper did; null: it has none, and none expected it.</param>
public readonly record struct ListedConnection(ConnectionRecord Record, Exposure? Exposure, TimeSpan? For = null, HelperState? Helped = null)
{
    /// <summary>On the active: acknowledged as applied by the mirror. On the mirror: it is such a copy.</summary>
    public bool IsMirrored => Exposure is null;
}
