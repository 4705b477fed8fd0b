namespace ActorMirror.Management.Contracts;

/// <summary>The part a device plays for a traffic group.</summary>
public enum Role
{
    /// <summary>No part at all: outside of the group, or not yet synced.</summary>
    None,

    /// <summary>Neither active nor next-active.</summary>
    Cold,

    /// <summary>Next-active: holds the copy.</summary>
    Mirror,

    /// <summary>Chosen as active; waits for the old active's lease or fencing, or is loading.</summary>
    Promoting,

    Active,

    /// <summary>Active, giving the group away in a planned handover.</summary>
    HandingOver,
}

/// <summary>A traffic group as this device sees it.</summary>
public sealed record TrafficGroupReport
{
    public required string Name { get; init; }

    /// <summary>The group's number in conntrack marks; 0 before it is numbered.</summary>
    public required int Number { get; init; }

    /// <summary>The role of the device that answers.</summary>
    public required Role Role { get; init; }

    /// <summary>The epoch as ring.index; null before the first placement.</summary>
    public required string? Epoch { get; init; }

    public required string? Active { get; init; }

    public required string? NextActive { get; init; }

    /// <summary>Why failures do not move the group at present; null when they do.</summary>
    public required string? Held { get; init; }

    /// <summary>Why it is where it is; null before the devices know of it.</summary>
    public required PlacementReport? Placement { get; init; }

    /// <summary>Since when this device has <see cref="Role"/>.</summary>
    public required Moment Since { get; init; }

    /// <summary>How many times this device's role changed since its worker started.</summary>
    public required int Transitions { get; init; }

    /// <summary>Time until the kernel's gate closes unless renewed, in milliseconds; null when this device is not active.</summary>
    public required double? LeaseRemainingMs { get; init; }

    /// <summary>The TCP port of the group's first mirror channel; 0 before it is numbered.</summary>
    public required int Port { get; init; }

    /// <summary>This device's end of the mirror channel, of several the one that is furthest from being in sync; null when it has none.</summary>
    public required MirrorReport? Mirror { get; init; }

    public required ConnectionCounts Counts { get; init; }

    /// <summary>The last time this device became active; null when it never was.</summary>
    public required PromotionReport? LastPromotion { get; init; }
}

/// <summary>Connections of a traffic group on this device, by how far they are safe.</summary>
/// <param name="Owned">Open connections this device forwards as active; those that are closing are not counted.</param>
/// <param name="Protected">Of those: acknowledged as applied in the mirror's kernel, and not retracted.</param>
/// <param name="Unmirrored">Of those: belonging to virtual servers with mirroring off.</param>
/// <param name="MirroredHere">Copies of open connections that this device's kernel holds for the active.</param>
/// <param name="ByChoice">Of those: to be mirrored only when they are older or larger.</param>
public sealed record ConnectionCounts(int Owned, int Protected, int Unmirrored, int MirroredHere, int ByChoice);

/// <summary>How a promotion went. Times in milliseconds, on this device's monotonic clock.</summary>
/// <param name="Reason">Why the group moved, kebab-case, e.g. <c>device-down</c>, <c>forced</c>.</param>
/// <param name="DetectionMs">From the last sign of life of the old active to the decision; null when it did not fail.</param>
/// <param name="WaitMs">From the decision to the end of the wait for the old active's lease or fencing.</param>
/// <param name="PromotionMs">From the end of the wait to addresses up and announced.</param>
/// <param name="Owned">Open connections this device knew of at the decision.</param>
/// <param name="Protected">Of those, the ones that were in its kernel: they went on.</param>
/// <param name="AtMonotonicNs">When the promotion was complete.</param>
/// <param name="Loss">What became of the old active's connections; null: it was the first active.</param>
public sealed record PromotionReport(
    string Epoch,
    string Reason,
    double? DetectionMs,
    double WaitMs,
    double PromotionMs,
    int Owned,
    int Protected,
    long AtMonotonicNs,
    LossReport? Loss);
