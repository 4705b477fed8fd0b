using ActorMirror.Domain.Devices;

namespace ActorMirror.Domain.TrafficGroups;

/// <summary>
/// Who is active and who is next-active. Candidates are the devices of the HA order that are synced members of the view.
/// The active stays while it is a candidate and no healthier one exists; there is no automatic failback. A successor is, in this order:
/// healthy (all VLANs of the group), the next-active (it holds the copy), first in the HA order. The next-active is found the same way among
/// the rest, so whoever holds the copy keeps it, and a device with a lost VLAN is taken only when there is no other. A group that moves too
/// often is held where it is, see <see cref="FlapRule"/>.
/// <para>
/// An active that dropped its roles by itself still has the connections in its kernel. Where nobody holds a complete copy, because a ring that was long in
/// forming cost the next-active its lease too, the group waits for it: any other device would answer all connections with resets.
/// </para>
/// </summary>
public static class Placement
{
    /// <param name="candidates">Devices fit to be active, in HA order, with their health.</param>
    /// <param name="now">The epoch that a change of the active starts.</param>
    /// <param name="isAwaited">The last active dropped its roles by itself and is about to be a candidate again.</param>
    public static GroupState Place(GroupState group, IReadOnlyList<(DeviceId Device, bool Healthy)> candidates, Epoch now, bool isAwaited = false)
    {
        var placed = PlaceActive(group, candidates, now, isAwaited);
        var next = Best(placed.NextActive, candidates.Where(c => c.Device != placed.Active));
        return next == placed.NextActive ? placed : placed with { NextActive = next, CopyComplete = false };
    }

    private static GroupState PlaceActive(GroupState group, IReadOnlyList<(DeviceId Device, bool Healthy)> candidates, Epoch now, bool isAwaited)
    {
        if (group.Active is not { } active) return Successor(group, candidates, isAwaited) is { } first ? group.Own(first, now, group.Reason) : group;
        if (group.IsHeld) return group;
        var healthy = candidates.Any(c => c.Device == active && c.Healthy);
        var healthier = !healthy && candidates.Any(c => c.Healthy);
        return healthier ? group.Own(Best(group.NextActive, candidates)!.Value, now, MoveReason.LinkDown) : group;
    }

    /// <summary>Held, the group goes only where it was, or where an operator was about to move it.</summary>
    private static DeviceId? Successor(GroupState group, IReadOnlyList<(DeviceId Device, bool Healthy)> candidates, bool isAwaited)
    {
        List<(DeviceId Device, bool Healthy)> fit =
            [.. FlapRule.HoldsBack(group) ? candidates.Where(c => c.Device == group.Previous || c.Device == group.Handover?.Target) : candidates];
        var hasCopy = group.CopyComplete && fit.Exists(c => c.Device == group.NextActive);
        if (isAwaited && !hasCopy) return null;
        return Best(group.Reason == MoveReason.Reentered && !hasCopy ? group.Previous : group.NextActive, fit);
    }

    /// <param name="keeper">Who is taken before others that are as healthy: it holds the connections.</param>
    private static DeviceId? Best(DeviceId? keeper, IEnumerable<(DeviceId Device, bool Healthy)> candidates) => candidates
        .OrderByDescending(c => c.Healthy)
        .ThenByDescending(c => c.Device == keeper)
        .Select(c => (DeviceId?)c.Device)
        .FirstOrDefault();
}
