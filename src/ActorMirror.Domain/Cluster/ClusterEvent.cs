using System.Collections.Immutable;
using ActorMirror.Domain.Devices;

namespace ActorMirror.Domain.Cluster;

/// <summary>One configuration of the cluster ring; the sequence grows with every change of membership.</summary>
public readonly record struct RingId(uint Representative, ulong Sequence)
{
    public override string ToString() => $"{Representative}.{Sequence}";
}

/// <summary>Why a device's worker is no longer in the view (corosync/cpg.h, cpg_reason_t).</summary>
public enum LeaveReason
{
    /// <summary>It said goodbye, with its roles given up first.</summary>
    Left,

    /// <summary>Its process died while the device stayed in the ring: the device's kernel may still forward.</summary>
    ProcessDown,

    /// <summary>The device is gone from the ring: it may be dead, or cut off and alive.</summary>
    DeviceDown,
}

public readonly record struct Departure(DeviceId Device, LeaveReason Reason);

/// <summary>
/// What a cluster engine tells, in the same order on every device that shares the view. A view and the commands behind it are
/// only handed over once TOTEM's ring and QUORUM's ring are the same one: a minority hears of a departure before it hears that it
/// lost the quorum.
/// </summary>
public abstract record ClusterEvent
{
    private ClusterEvent()
    {
    }

    /// <summary>The membership changed: a new ring, or a worker joined or left within the ring.</summary>
    /// <param name="Members">The devices whose workers are in the group now, ascending.</param>
    public sealed record View(
        RingId Ring,
        bool Quorate,
        ImmutableArray<DeviceId> Members,
        ImmutableArray<DeviceId> Joined,
        ImmutableArray<Departure> Left) : ClusterEvent;

    /// <summary>A command in its place of the total order. Commands that were sent in an older ring are dropped by the engine.</summary>
    public sealed record Command(RingId Ring, DeviceId Sender, ReadOnlyMemory<byte> Payload) : ClusterEvent;

    /// <summary>
    /// The supervisor of a device whose worker died has closed its gates and removed its addresses. Not part of the total order: it only
    /// shortens a promoter's wait.
    /// </summary>
    public sealed record Fenced(DeviceId Device) : ClusterEvent;

    /// <summary>The engine itself is gone; every role is to be dropped. It may come back with a new view.</summary>
    public sealed record EngineLost(string Reason) : ClusterEvent;
}
