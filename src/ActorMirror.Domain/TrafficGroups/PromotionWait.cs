using ActorMirror.Domain.Devices;

namespace ActorMirror.Domain.TrafficGroups;

/// <summary>
/// What a new active waits for before its first packet: devices that may still forward for the group. Losses add up until a promotion
/// is reported: when the successor of a lost device dies before it was up, the next one waits for both.
/// </summary>
/// <param name="Guard">Lost without a word: wait until their lease is over for certain (<see cref="ClusterSettings.GuardAfter"/>).</param>
/// <param name="Fence">Their worker died while the device stayed: wait for <c>Fenced</c> of each, or for the whole lease + 60 ms.</param>
public readonly record struct PromotionWait(DeviceSet Guard, DeviceSet Fence)
{
    public static readonly PromotionWait None;

    public bool IsNone => Guard.IsEmpty && Fence.IsEmpty;

    /// <summary>The device has said that it holds no roles.</summary>
    public PromotionWait Without(DeviceId device) => new(Guard.Remove(device), Fence.Remove(device));

    public override string ToString() => IsNone ? "none" : $"guard {{{Guard}}}, fence {{{Fence}}}";
}

/// <summary>Why a traffic group moved.</summary>
public enum MoveReason : byte
{
    /// <summary>First placement, or the last device for it was gone and one is back.</summary>
    Initial = 0,

    /// <summary>The active is gone from the ring without a word.</summary>
    DeviceDown = 1,

    /// <summary>The active's worker died.</summary>
    ProcessDown = 2,

    /// <summary>The active said goodbye.</summary>
    Left = 3,

    /// <summary>The active's heartbeats were silent beyond its lease.</summary>
    Silent = 4,

    /// <summary>The active dropped its roles by itself (its lease was over) and came back without them.</summary>
    Reentered = 5,

    /// <summary>The active lost a VLAN of the group that another device has.</summary>
    LinkDown = 6,

    /// <summary>An operator moved it.</summary>
    Forced = 7,

    /// <summary>Every device had lost the quorum; the group is placed again, on the same device if possible.</summary>
    QuorumRegained = 8,

    /// <summary>A new configuration no longer names the active for the group.</summary>
    Reconfigured = 9,

    /// <summary>It went back to a device that its HA order prefers.</summary>
    Failback = 10,

    /// <summary>Another device's score of the HA group is higher.</summary>
    HaGroup = 11,

    /// <summary>An operator took the active's device out.</summary>
    Offline = 12,
}
