using ActorMirror.Domain.Devices;

namespace ActorMirror.Domain.TrafficGroups;

/// <summary>How far this device is with one traffic group: its addresses, its gate, its promotion.</summary>
public enum GroupPhase
{
    /// <summary>Not answering: mirror or cold.</summary>
    Standby,

    /// <summary>To be active, but the lost owner's lease may still run.</summary>
    Waiting,

    /// <summary>The owner is out for certain; the own lease must be valid before the gate opens.</summary>
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

/// <summary>What a promoter waits for before it may open.</summary>
public enum PromotionWait
{
    /// <summary>The old owner gave the group up itself, or there was none.</summary>
    None,

    /// <summary>The old owner is lost for an unknown reason: its lease must run out.</summary>
    Guard,

    /// <summary>The old owner's worker died: its supervisor's word that it is fenced, or else its whole lease.</summary>
    FenceOrLease,
}

/// <summary>What moves a traffic group on this device.</summary>
public abstract record GroupInput
{
    private GroupInput()
    {
    }

    /// <summary>The ordered decision: this device owns the group from this epoch on.</summary>
    public sealed record BecomeActive(Epoch Epoch, PromotionWait Wait, DeviceId? LostOwner) : GroupInput;

    /// <summary>The ordered decision: it does not. <paramref name="Planned"/>: after its own release.</summary>
    public sealed record BecomeStandby(bool Planned) : GroupInput;

    /// <summary>The guard or the lost owner's lease is over.</summary>
    public sealed record WaitOver(Epoch Epoch) : GroupInput;

    /// <summary>A supervisor said that its device no longer answers.</summary>
    public sealed record Fenced(DeviceId Device) : GroupInput;

    /// <summary>The gate could be opened: the lease is valid.</summary>
    public sealed record Opened(Epoch Epoch) : GroupInput;

    /// <summary>The ordered decision to hand over while this device is active.</summary>
    public sealed record HandOver(DeviceId To) : GroupInput;

    /// <summary>Everything was acknowledged as applied by the device that takes over.</summary>
    public sealed record Drained(ulong Sequence) : GroupInput;

    /// <summary>It was not, in time.</summary>
    public sealed record DrainFailed(string Reason) : GroupInput;

    /// <summary>The ordered decision to stay: the handover was given up.</summary>
    public sealed record HandOverEnded : GroupInput;

    /// <summary>The new owner has announced itself, or its time for that is over.</summary>
    public sealed record OverlapOver : GroupInput;

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
///             BecomeActive (wait)            WaitOver | Fenced           Opened
///   Standby ----------------------> Waiting --------------> Opening ---------------> Active
///      ^  '---- BecomeActive (no wait) ------------------------^                      |  ^
///      |                                                                    HandOver  |  | DrainFailed, HandOverEnded
///      |        OverlapOver            BecomeStandby (planned)        Drained         v  |
///      '-------- Overlap <--------------------- Releasing <----------------------- Draining
///
///   any --LeaseLost | BecomeStandby (not planned)--> Standby, gate closed first, then addresses gone, entries kept
/// </code>
/// </summary>
public sealed record GroupControl(GroupPhase Phase, Epoch Epoch, DeviceId? LostOwner)
{
    public static readonly GroupControl Initial = new(GroupPhase.Standby, Epoch.None, null);

    private static readonly GroupEffect[] Nothing = [];
    private static readonly GroupEffect[] Down = [GroupEffect.CloseGate, GroupEffect.AddressesDown];

    /// <summary>Whether this device forwards for the group.</summary>
    public bool IsUp => Phase is GroupPhase.Active or GroupPhase.Draining or GroupPhase.Releasing or GroupPhase.Overlap;

    /// <summary>The next state and what to do for it. An input that does not fit the phase (a late timer, a repeated decision) changes nothing.</summary>
    public (GroupControl Next, GroupEffect[] Effects) Handle(GroupInput input) => (Phase, input) switch
    {
        // A decision to be active. A newer epoch while up (this device took the group back within a planned handover) keeps it up.
        (_, GroupInput.BecomeActive b) when b.Epoch <= Epoch => Stay(),
        (GroupPhase.Standby or GroupPhase.Waiting or GroupPhase.Opening, GroupInput.BecomeActive { Wait: PromotionWait.None } b) =>
            (new(GroupPhase.Opening, b.Epoch, null), [GroupEffect.TryOpen]),
        (GroupPhase.Standby or GroupPhase.Waiting or GroupPhase.Opening, GroupInput.BecomeActive { Wait: PromotionWait.Guard } b) =>
            (new(GroupPhase.Waiting, b.Epoch, b.LostOwner), [GroupEffect.StartGuard]),
        (GroupPhase.Standby or GroupPhase.Waiting or GroupPhase.Opening, GroupInput.BecomeActive { Wait: PromotionWait.FenceOrLease } b) =>
            (new(GroupPhase.Waiting, b.Epoch, b.LostOwner), [GroupEffect.StartLeaseWait]),
        (_, GroupInput.BecomeActive b) => (new(GroupPhase.Active, b.Epoch, null), [GroupEffect.AdmitNewConnections, GroupEffect.Announce, GroupEffect.ReportPromoted]),

        (GroupPhase.Waiting, GroupInput.WaitOver w) when w.Epoch == Epoch => (this with { Phase = GroupPhase.Opening }, [GroupEffect.TryOpen]),
        (GroupPhase.Waiting, GroupInput.Fenced f) when f.Device == LostOwner => (this with { Phase = GroupPhase.Opening }, [GroupEffect.TryOpen]),
        (GroupPhase.Opening, GroupInput.Opened o) when o.Epoch == Epoch =>
            (this with { Phase = GroupPhase.Active, LostOwner = null }, [GroupEffect.AddressesUp, GroupEffect.Announce, GroupEffect.ReportPromoted]),

        (GroupPhase.Active, GroupInput.HandOver) => (this with { Phase = GroupPhase.Draining }, [GroupEffect.GateNewConnections, GroupEffect.Drain]),
        (GroupPhase.Draining, GroupInput.Drained) => (this with { Phase = GroupPhase.Releasing }, [GroupEffect.SendRelease]),
        (GroupPhase.Draining, GroupInput.DrainFailed) =>
            (this with { Phase = GroupPhase.Active }, [GroupEffect.AdmitNewConnections, GroupEffect.SendHandoverAborted]),
        (GroupPhase.Draining or GroupPhase.Releasing, GroupInput.HandOverEnded) => (this with { Phase = GroupPhase.Active }, [GroupEffect.AdmitNewConnections]),
        (GroupPhase.Releasing, GroupInput.BecomeStandby { Planned: true }) => (this with { Phase = GroupPhase.Overlap }, [GroupEffect.StartOverlap]),
        (GroupPhase.Overlap, GroupInput.OverlapOver) => (this with { Phase = GroupPhase.Standby }, Down),
        (GroupPhase.Overlap, GroupInput.BecomeStandby) => Stay(),

        (GroupPhase.Standby, GroupInput.BecomeStandby or GroupInput.LeaseLost) => Stay(),
        (_, GroupInput.BecomeStandby or GroupInput.LeaseLost) => (this with { Phase = GroupPhase.Standby, LostOwner = null }, Down),

        (_, GroupInput.WaitOver or GroupInput.Fenced or GroupInput.Opened or GroupInput.HandOver or GroupInput.Drained) => Stay(),
        (_, GroupInput.DrainFailed or GroupInput.HandOverEnded or GroupInput.OverlapOver) => Stay(),
        _ => throw new InvalidOperationException($"no rule for {Phase} and {input}"),
    };

    private (GroupControl, GroupEffect[]) Stay() => (this, Nothing);
}
