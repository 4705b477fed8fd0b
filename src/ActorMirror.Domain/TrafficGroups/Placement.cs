using ActorMirror.Domain.Devices;

namespace ActorMirror.Domain.TrafficGroups;

/// <summary>
/// Who is active and who is next-active. Candidates are the devices of the HA order that are synced members of the view. The active stays while it is
/// a candidate and no healthier one exists. A successor is, in this order: healthy (all VLANs of the group), the next-active (it holds the copy), the
/// best by the group's method. The next-active is the best of the rest, see <see cref="Ranking"/>; it is found anew at every event. A group that moves
/// too often is held where it is, see <see cref="FlapRule"/>; what moves in good order is in <see cref="AutomaticMoves"/>.
/// <para>
/// An active that dropped its roles by itself still has the connections in its kernel. Where nobody holds a complete copy, because a ring that was long in
/// forming cost the next-active its lease too, the group waits for it: any other device would answer all connections with resets.
/// </para>
/// </summary>
public static class Placement
{
    /// <param name="candidates">In HA order; the active is among them.</param>
    /// <param name="now">The epoch that a change of the active starts.</param>
    /// <param name="isAwaited">The last active dropped its roles by itself and is about to be a candidate again.</param>
    public static GroupState Place(GroupState group, IReadOnlyList<Candidate> candidates, Epoch now, bool isAwaited = false)
    {
        var placed = PlaceActive(group, candidates, now, isAwaited);
        var next = Ranking.NextActive(placed, [.. candidates.Where(c => !c.Offline && c.Device != placed.Active)])?.Device;
        return next == placed.NextActive ? placed : placed with { NextActive = next, CopyComplete = false };
    }

    private static GroupState PlaceActive(GroupState group, IReadOnlyList<Candidate> candidates, Epoch now, bool isAwaited)
    {
        List<Candidate> fit = [.. candidates.Where(c => !c.Offline)];
        if (group.Active is not { } active) return Successor(group, fit, isAwaited) is { } first ? group.Own(first, now, group.Reason) : group;
        var here = candidates.First(c => c.Device == active);
        var isHealthier = !here.Healthy && fit.Exists(c => c.Healthy);
        if (here.Offline) return Leave(group, fit, isHealthier, now);
        return isHealthier && !group.IsHeld ? group.Own(Ranking.Successor(group, fit, group.NextActive)!.Value.Device, now, MoveReason.LinkDown) : group;
    }

    /// <summary>Held, the group goes only where it was, or where an operator was about to move it.</summary>
    private static DeviceId? Successor(GroupState group, List<Candidate> fit, bool isAwaited)
    {
        if (FlapRule.HoldsBack(group)) fit = fit.FindAll(c => c.Device == group.Previous || c.Device == group.Handover?.Target);
        var hasCopy = group.CopyComplete && fit.Exists(c => c.Device == group.NextActive);
        if (isAwaited && !hasCopy) return null;
        return Ranking.Successor(group, fit, group.Reason == MoveReason.Reentered && !hasCopy ? group.Previous : group.NextActive)?.Device;
    }

    /// <summary>An operator took the active's device out. Who is up and well hands over in good order.</summary>
    private static GroupState Leave(GroupState group, List<Candidate> fit, bool isHealthier, Epoch now)
    {
        if (Ranking.Successor(group, fit, group.NextActive) is not { } best) return group.Lose(MoveReason.Offline);
        return group.IsUp && !isHealthier ? group : group.Own(best.Device, now, MoveReason.Offline);
    }
}
