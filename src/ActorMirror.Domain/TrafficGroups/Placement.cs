using ActorMirror.Domain.Devices;

namespace ActorMirror.Domain.TrafficGroups;

/// <summary>
/// Who is active and who is next-active. Candidates are the devices of the HA order that are synced members of the view. The active stays while it is
/// a candidate and no healthier one exists. A successor is, in this order: healthy (all VLANs of the group), the next-active (it holds the copy), the
/// best by the group's method. The next-active is the best of the rest, see <see cref="Ranking"/>; it is found anew at every event. A group that moves
/// too often is held where it is, see <see cref="FlapRule"/>; what moves in good order is in <see cref="AutomaticMoves"/>.
/// </summary>
public static class Placement
{
    /// <param name="candidates">In HA order; the active is among them.</param>
    /// <param name="now">The epoch that a change of the active starts.</param>
    public static GroupState Place(GroupState group, IReadOnlyList<Candidate> candidates, Epoch now)
    {
        var placed = PlaceActive(group, candidates, now);
        var next = Ranking.Best(placed, [.. candidates.Where(c => !c.Offline && c.Device != placed.Active)], successor: false)?.Device;
        return next == placed.NextActive ? placed : placed with { NextActive = next, CopyComplete = false };
    }

    private static GroupState PlaceActive(GroupState group, IReadOnlyList<Candidate> candidates, Epoch now)
    {
        List<Candidate> fit = [.. candidates.Where(c => !c.Offline)];
        if (group.Active is not { } active) return Successor(group, fit) is { } first ? group.Own(first, now, group.Reason) : group;
        var here = candidates.First(c => c.Device == active);
        var isHealthier = !here.Healthy && fit.Exists(c => c.Healthy);
        if (here.Offline) return Leave(group, fit, isHealthier, now);
        return isHealthier && !group.IsHeld ? group.Own(Ranking.Best(group, fit, successor: true)!.Value.Device, now, MoveReason.LinkDown) : group;
    }

    /// <summary>Held, the group goes only where it was, or where an operator was about to move it.</summary>
    private static DeviceId? Successor(GroupState group, List<Candidate> fit) =>
        Ranking.Best(
            group,
            FlapRule.HoldsBack(group) ? fit.FindAll(c => c.Device == group.Previous || c.Device == group.Handover?.Target) : fit,
            successor: true)?.Device;

    /// <summary>An operator took the active's device out. Who is up and well hands over in good order.</summary>
    private static GroupState Leave(GroupState group, List<Candidate> fit, bool isHealthier, Epoch now)
    {
        if (Ranking.Best(group, fit, successor: true) is not { } best) return group.Lose(MoveReason.Offline);
        return group.IsUp && !isHealthier ? group : group.Own(best.Device, now, MoveReason.Offline);
    }
}
