namespace ActorMirror.Domain.TrafficGroups;

/// <summary>
/// Handovers that nobody asks for by name: away from a device that an operator took out, and to a device with a higher score of the HA group. They are
/// planned ones, nothing is lost; where the copy does not become complete they are made without it (see <see cref="HandoverRules.Abort"/>).
/// </summary>
internal static class AutomaticMoves
{
    /// <summary>After placement: the next-active is the best of the others.</summary>
    public static GroupState Begin(GroupState group, IReadOnlyList<Candidate> candidates, Epoch now)
    {
        if (group is not { Active: { } active, NextActive: { } next, IsUp: true, Handover: null }) return group;
        var here = candidates.First(c => c.Device == active);
        if (here.Offline) return group.BeginHandover(next, MoveReason.Offline, now);
        return IsBetter(group, candidates.First(c => c.Device == next), here) ? group.BeginHandover(next, MoveReason.HaGroup, now) : group;
    }

    /// <summary>Whether what moves for this reason moves even when its connections cannot be taken along.</summary>
    public static bool IsUrgent(this MoveReason reason) => reason is MoveReason.Offline or MoveReason.HaGroup;

    private static bool IsBetter(GroupState group, in Candidate next, in Candidate here) =>
        group is { Policy.Method: FailoverMethod.HaGroup, IsHeld: false, IsPinned: false }
        && (next.Healthy || !here.Healthy)
        && next.Score is { } score && here.Score is { } own && score > own + group.Policy.ActiveBonus;
}
