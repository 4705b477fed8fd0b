using ActorMirror.Domain.Cluster;
using ActorMirror.Domain.Connections;
using ActorMirror.Domain.Devices;
using ActorMirror.Domain.TrafficGroups;

namespace ActorMirror.Actors.Groups;

/// <summary>The kernel of this device, as one traffic group uses it. Steps are idempotent.</summary>
public interface IGroupDataPlane
{
    /// <summary>Opens the gate for as long as the lease is renewed. False: there is no valid lease now.</summary>
    bool TryOpenGate();

    void CloseGate();

    /// <returns>Whether every address is up.</returns>
    bool RaiseAddresses();

    /// <returns>Whether every address is gone.</returns>
    bool LowerAddresses();

    /// <summary>One round of gratuitous ARP; nothing without a valid lease: a device that was stopped and goes on has rounds that are overdue.</summary>
    void Announce();

    /// <summary>Keeps new connections out while a planned handover flushes.</summary>
    void GateNewConnections(bool closed);
}

/// <summary>Sends commands into the total order.</summary>
public interface ICommandSender
{
    /// <summary>
    /// Says something that stays true until it is replaced: sent now and again after every change of view, because a command is lost with its
    /// ring. The reducer takes no notice of what it knows already. Null: no longer true.
    /// </summary>
    /// <param name="key">What it is about, e.g. <c>tg1/release</c>.</param>
    void Keep(string key, ClusterCommand? command);
}

/// <summary>Told of every change of role and every promotion, after it happened; must not block.</summary>
public interface IGroupObserver
{
    void RoleChanged(string trafficGroup, GroupControl control, LocalRole? role);

    void Promoted(string trafficGroup, GroupPromotion promotion);
}

/// <summary>Told by the table of a traffic group.</summary>
public interface ITableObserver
{
    /// <summary>The copy on the mirror became complete, or is not complete any more.</summary>
    void CopyChanged(Epoch epoch, DeviceId peer, bool complete, ulong incarnation);
}

/// <summary>How a promotion went, on this device's monotonic clock.</summary>
/// <param name="Detection">From the last sign of life of the old active to the decision; null when it did not fail.</param>
/// <param name="Waited">From the decision to the end of the wait for the old active's lease or fencing.</param>
/// <param name="Took">From the end of the wait to addresses up and announced.</param>
/// <param name="Connections">The open connections this device held at the decision: those it knew of, and of these the ones in its kernel, which go on.</param>
/// <param name="Loss">What became of the old active's connections; null: it is the first active.</param>
/// <param name="At">Stopwatch timestamp of its end.</param>
public sealed record GroupPromotion(Epoch Epoch, MoveReason Reason, TimeSpan? Detection, TimeSpan Waited, TimeSpan Took, OpenCounts Connections, LossReport? Loss, long At);
