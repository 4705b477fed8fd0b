using ActorMirror.Domain.Devices;

namespace ActorMirror.Domain.TrafficGroups;

/// <summary>How far this device is with one traffic group: its addresses, its gate, its promotion.</summary>
public enum GroupPhase
{
    /// <summary>Just started: what a predecessor left in the kernel is not known.</summary>
    Unknown,

    /// <summary>Not answering: mirror or cold.</summary>
    Standby,

    /// <summary>To be active, but a lost owner may still forward.</summary>
    Waiting,

    /// <summary>Every old owner is out for certain; the own lease must be valid before the gate opens.</summary>
    Opening,

    /// <summary>Answering for the group.</summary>
    Active,

    /// <summary>Answering; new connections wait while the last changes travel to the device that takes over.</summary>
    Draining,

    /// <summary>Drained; the word "release" is on its way through the total order.</summary>
    Releasing,

    /// <summary>No longer the owner, but still forwarding until the new one has announced itself.</summary>
    Overlap,
}

/// <summary>What moves a traffic group on this device.</summary>
public abstract record GroupInput
{
    private GroupInput()
    {
    }

    /// <summary>The ordered decision, told whole at every change; null: no part in the group (outside of the quorum, or nothing decided).</summary>
    public sealed record Assigned(LocalRole? Role) : GroupInput;

    /// <summary>The guard that started with this epoch is over.</summary>
    public sealed record GuardOver(Epoch Epoch) : GroupInput;

    /// <summary>The lease of an owner whose worker died at this epoch is over.</summary>
    public sealed record LeaseWaitOver(Epoch Epoch) : GroupInput;

    /// <summary>A supervisor said that its device no longer answers.</summary>
    public sealed record Fenced(DeviceId Device) : GroupInput;

    /// <summary>The gate could be opened: the lease is valid.</summary>
    public sealed record Opened(Epoch Epoch) : GroupInput;

    /// <summary>Everything was acknowledged as applied by the device that takes over.</summary>
    public sealed record Drained(long Sequence) : GroupInput;

    /// <summary>It was not, in time.</summary>
    public sealed record DrainFailed(string Reason) : GroupInput;

    /// <summary>The new owner had time enough to announce itself.</summary>
    public sealed record OverlapOver(Epoch Epoch) : GroupInput;

    /// <summary>This device's lease ended, or its engine is gone.</summary>
    public sealed record LeaseLost : GroupInput;
}

/// <summary>What the shell does, in this order.</summary>
public enum GroupEffect
{
    StartGuard,
    StartLeaseWait,
    TryOpen,
    AddressesUp,
    Announce,
    ReportPromoted,
    CloseGate,
    AddressesDown,
    GateNewConnections,
    AdmitNewConnections,
    Drain,
    SendRelease,
    SendHandoverAborted,
    StartOverlap,
}

/// <summary>
/// The life of a traffic group on one device, without I/O:
/// <code>
///             Active (wait)          waits over, fenced         Opened
///   Standby ----------------> Waiting ---------------> Opening --------> Active
///      ^  '--- Active (no wait) --------------------------^              |  ^
///      |                                                     HandingOver |  | DrainFailed, Active (given up)
///      |    OverlapOver, new owner is up     Relinquished                v  |
///      '----------- Overlap &lt;-------------------------- Releasing &lt;---- Draining
///                                                                 Drained
///   any --LeaseLost, other roles--> Standby: gate closed first, then addresses gone, entries kept
/// </code>
/// After a lost lease the old epoch never opens again: the device re-enters through the ring and gets a new one.
/// </summary>
public sealed record GroupControl(GroupPhase Phase, Epoch Epoch, PromotionWait Wait)
{
    public static readonly GroupControl Initial = new(GroupPhase.Unknown, Epoch.None, PromotionWait.None);

    private static readonly GroupEffect[] Nothing = [];
    private static readonly GroupEffect[] Down = [GroupEffect.CloseGate, GroupEffect.AddressesDown, GroupEffect.AdmitNewConnections];
    private static readonly GroupEffect[] Confirm = [GroupEffect.AdmitNewConnections, GroupEffect.Announce, GroupEffect.ReportPromoted];

    /// <summary>Whether this device forwards for the group.</summary>
    public bool IsUp => Phase is GroupPhase.Active or GroupPhase.Draining or GroupPhase.Releasing or GroupPhase.Overlap;

    /// <summary>The next state and what to do for it. An input that does not fit the phase (a late timer, a repeated decision) changes nothing.</summary>
    public (GroupControl Next, GroupEffect[] Effects) Handle(GroupInput input) => (Phase, input) switch
    {
        (_, GroupInput.Assigned a) => Assign(a.Role),

        (GroupPhase.Waiting, GroupInput.GuardOver o) when o.Epoch == Epoch => OpenIfNone(Wait with { Guard = DeviceSet.Empty }),
        (GroupPhase.Waiting, GroupInput.LeaseWaitOver o) when o.Epoch == Epoch => OpenIfNone(Wait with { Fence = DeviceSet.Empty }),
        (GroupPhase.Waiting, GroupInput.Fenced f) => OpenIfNone(Wait with { Fence = Wait.Fence.Remove(f.Device) }),
        (GroupPhase.Opening, GroupInput.Opened o) when o.Epoch == Epoch =>
            (this with { Phase = GroupPhase.Active }, [GroupEffect.AddressesUp, GroupEffect.Announce, GroupEffect.ReportPromoted]),
        (GroupPhase.Draining, GroupInput.Drained) => (this with { Phase = GroupPhase.Releasing }, [GroupEffect.SendRelease]),
        (GroupPhase.Draining, GroupInput.DrainFailed) =>
            (this with { Phase = GroupPhase.Active }, [GroupEffect.AdmitNewConnections, GroupEffect.SendHandoverAborted]),
        (GroupPhase.Overlap, GroupInput.OverlapOver o) when o.Epoch == Epoch => (this with { Phase = GroupPhase.Standby }, Down),
        (GroupPhase.Standby, GroupInput.LeaseLost) => Stay(),
        (_, GroupInput.LeaseLost) => (new(GroupPhase.Standby, Epoch, PromotionWait.None), Down),

        (_, GroupInput.GuardOver or GroupInput.LeaseWaitOver or GroupInput.Fenced or GroupInput.Opened) => Stay(),
        (_, GroupInput.Drained or GroupInput.DrainFailed or GroupInput.OverlapOver) => Stay(),
        _ => throw new InvalidOperationException($"no rule for {Phase} and {input}"),
    };

    private (GroupControl, GroupEffect[]) Assign(LocalRole? role) => (Phase, role) switch
    {
        (_, { } old) when old.Epoch < Epoch => Stay(),
        (GroupPhase.Unknown or GroupPhase.Standby or GroupPhase.Waiting or GroupPhase.Opening, LocalRole.Active a) when a.Epoch > Epoch => Promote(a.Epoch, a.Wait),
        (GroupPhase.Unknown or GroupPhase.Standby or GroupPhase.Waiting or GroupPhase.Opening, LocalRole.HandingOver h) when h.Epoch > Epoch =>
            Promote(h.Epoch, PromotionWait.None),
        (_, LocalRole.Active a) when a.Epoch > Epoch => (new(GroupPhase.Active, a.Epoch, PromotionWait.None), Confirm),
        (_, LocalRole.HandingOver h) when h.Epoch > Epoch => (new(GroupPhase.Active, h.Epoch, PromotionWait.None), Confirm),

        // The same epoch told again: a device that has said hello without roles need not be waited for any more.
        (GroupPhase.Waiting, LocalRole.Active a) =>
            OpenIfNone(new(new DeviceSet(Wait.Guard.Bits & a.Wait.Guard.Bits), new DeviceSet(Wait.Fence.Bits & a.Wait.Fence.Bits))),
        (GroupPhase.Draining or GroupPhase.Releasing, LocalRole.Active) => (this with { Phase = GroupPhase.Active }, [GroupEffect.AdmitNewConnections]),
        (GroupPhase.Active, LocalRole.HandingOver) => (this with { Phase = GroupPhase.Draining }, [GroupEffect.GateNewConnections, GroupEffect.Drain]),
        (_, LocalRole.Active or LocalRole.HandingOver) => Stay(),

        (GroupPhase.Active or GroupPhase.Draining or GroupPhase.Releasing, LocalRole.Relinquished r) when r.Epoch == Epoch =>
            (this with { Phase = GroupPhase.Overlap }, [GroupEffect.StartOverlap]),
        (GroupPhase.Overlap, LocalRole.Relinquished) => Stay(),
        (GroupPhase.Standby, _) => (this with { Epoch = role is { } r && r.Epoch > Epoch ? r.Epoch : Epoch }, Nothing),
        _ => (new(GroupPhase.Standby, role is { } r && r.Epoch > Epoch ? r.Epoch : Epoch, PromotionWait.None), Down),
    };

    private static (GroupControl, GroupEffect[]) Promote(Epoch epoch, PromotionWait wait)
    {
        if (wait.IsNone) return (new(GroupPhase.Opening, epoch, wait), [GroupEffect.TryOpen]);
        GroupEffect[] timers = (wait.Guard.IsEmpty, wait.Fence.IsEmpty) switch
        {
            (false, true) => [GroupEffect.StartGuard],
            (true, false) => [GroupEffect.StartLeaseWait],
            _ => [GroupEffect.StartGuard, GroupEffect.StartLeaseWait],
        };
        return (new(GroupPhase.Waiting, epoch, wait), timers);
    }

    private (GroupControl, GroupEffect[]) OpenIfNone(PromotionWait wait) =>
        wait.IsNone
            ? (this with { Phase = GroupPhase.Opening, Wait = wait }, [GroupEffect.TryOpen])
            : (this with { Wait = wait }, Nothing);

    private (GroupControl, GroupEffect[]) Stay() => (this, Nothing);
}
