using ActorMirror.Domain.Devices;

namespace ActorMirror.Domain.TrafficGroups;

/// <summary>The order among candidates; the same list of criteria chooses and explains the choice.</summary>
internal static class Ranking
{
    /// <summary>Who is to hold the copy.</summary>
    /// <param name="candidates">In HA order, without the active.</param>
    public static Candidate? NextActive(GroupState group, IReadOnlyList<Candidate> candidates) =>
        Best(NextActiveCriteria(group), group, FailbackRule.Target(group, candidates), group.NextActive, candidates);

    /// <summary>Who takes the group when the active is lost: whoever holds the connections comes before all method.</summary>
    /// <param name="candidates">In HA order.</param>
    /// <param name="keeper">Who holds them.</param>
    public static Candidate? Successor(GroupState group, IReadOnlyList<Candidate> candidates, DeviceId? keeper) =>
        Best([Criterion.Health, Criterion.Copy, .. OfMethod(group)], group, null, keeper, candidates);

    /// <summary>What put the first before the second as next-active.</summary>
    public static Criterion Why(GroupState group, DeviceId? failback, in Candidate first, in Candidate second)
    {
        foreach (var criterion in NextActiveCriteria(group))
        {
            if (Compare(criterion, group, failback, group.NextActive, first, second) > 0) return criterion;
        }

        return Criterion.HaOrder;
    }

    private static Candidate? Best(
        ReadOnlySpan<Criterion> criteria, GroupState group, DeviceId? failback, DeviceId? keeper, IReadOnlyList<Candidate> candidates)
    {
        if (candidates.Count == 0) return null;
        var best = candidates[0];
        foreach (var candidate in candidates.Skip(1))
        {
            foreach (var criterion in criteria)
            {
                var difference = Compare(criterion, group, failback, keeper, candidate, best);
                if (difference > 0) best = candidate;
                if (difference != 0) break;
            }
        }

        return best;
    }

    /// <summary>While nobody is active what the next-active holds is all there is: it keeps it.</summary>
    private static Criterion[] NextActiveCriteria(GroupState group) => group switch
    {
        { Active: null } => [Criterion.Health, Criterion.Copy, .. OfMethod(group)],
        { Policy.PreferWarm: true } => [Criterion.Health, Criterion.Handover, Criterion.Failback, .. OfMethod(group), Criterion.Copy],
        _ => [Criterion.Health, Criterion.Handover, Criterion.Failback, .. OfMethod(group)],
    };

    private static Criterion[] OfMethod(GroupState group) => group.Policy.Method switch
    {
        FailoverMethod.HaGroup => [Criterion.Score],
        FailoverMethod.LoadAware => [Criterion.Load],
        _ => [],
    };

    private static int Compare(Criterion criterion, GroupState group, DeviceId? failback, DeviceId? keeper, in Candidate a, in Candidate b) => criterion switch
    {
        Criterion.Health => a.Healthy.CompareTo(b.Healthy),
        Criterion.Handover => (a.Device == group.Handover?.Target).CompareTo(b.Device == group.Handover?.Target),
        Criterion.Failback => (a.Device == failback).CompareTo(b.Device == failback),
        Criterion.Score => (a.Score ?? -1).CompareTo(b.Score ?? -1),
        Criterion.Load => b.Load.CompareTo(a.Load),
        Criterion.Copy => (a.Device == keeper).CompareTo(b.Device == keeper),
        _ => 0,
    };
}
