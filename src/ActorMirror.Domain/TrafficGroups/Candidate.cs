using ActorMirror.Domain.Devices;

namespace ActorMirror.Domain.TrafficGroups;

/// <summary>A device that could be active for a traffic group: a synced one of its HA order whose configuration has the group.</summary>
/// <param name="Healthy">It has every VLAN of the group.</param>
/// <param name="Offline">An operator took it out: it takes nothing, and gives away what it has.</param>
/// <param name="Score">Of the group's HA group, as it counts; null: none.</param>
/// <param name="Load">With this group on it; only looked at by load-aware placement.</param>
public readonly record struct Candidate(DeviceId Device, bool Healthy, bool Offline = false, int? Score = null, DeviceLoad Load = default);

/// <summary>What decides between two candidates, each only where those before it do not.</summary>
public enum Criterion
{
    /// <summary>There is no other.</summary>
    Only,

    /// <summary>All VLANs of the group.</summary>
    Health,

    /// <summary>The target of a handover under way.</summary>
    Handover,

    /// <summary>The group is to go back to it.</summary>
    Failback,

    /// <summary>The higher score of the HA group.</summary>
    Score,

    /// <summary>The lower load.</summary>
    Load,

    /// <summary>It holds the copy.</summary>
    Copy,

    HaOrder,
}

/// <summary>The order among candidates; the same list of criteria chooses and explains the choice.</summary>
internal static class Ranking
{
    /// <param name="candidates">In HA order.</param>
    /// <param name="successor">The active is lost: whoever holds the copy comes before all method.</param>
    public static Candidate? Best(GroupState group, IReadOnlyList<Candidate> candidates, bool successor)
    {
        if (candidates.Count == 0) return null;
        var criteria = Criteria(group, successor);
        var failback = FailbackRule.Target(group, candidates);
        var best = candidates[0];
        foreach (var candidate in candidates.Skip(1))
        {
            if (criteria.Select(c => Compare(c, group, failback, candidate, best)).FirstOrDefault(d => d != 0) > 0) best = candidate;
        }

        return best;
    }

    /// <summary>What put the first before the second, which stands behind it in this order.</summary>
    public static Criterion Why(GroupState group, DeviceId? failback, in Candidate first, in Candidate second)
    {
        foreach (var criterion in Criteria(group, successor: false))
        {
            if (Compare(criterion, group, failback, first, second) > 0) return criterion;
        }

        return Criterion.HaOrder;
    }

    private static List<Criterion> Criteria(GroupState group, bool successor)
    {
        List<Criterion> criteria = successor ? [Criterion.Health, Criterion.Copy] : [Criterion.Health, Criterion.Handover, Criterion.Failback];
        if (group.Policy.Method == FailoverMethod.HaGroup) criteria.Add(Criterion.Score);
        if (group.Policy.Method == FailoverMethod.LoadAware) criteria.Add(Criterion.Load);
        if (!successor && group.Policy.PreferWarm) criteria.Add(Criterion.Copy);
        return criteria;
    }

    private static int Compare(Criterion criterion, GroupState group, DeviceId? failback, in Candidate a, in Candidate b) => criterion switch
    {
        Criterion.Health => a.Healthy.CompareTo(b.Healthy),
        Criterion.Handover => (a.Device == group.Handover?.Target).CompareTo(b.Device == group.Handover?.Target),
        Criterion.Failback => (a.Device == failback).CompareTo(b.Device == failback),
        Criterion.Score => (a.Score ?? -1).CompareTo(b.Score ?? -1),
        Criterion.Load => b.Load.CompareTo(a.Load),
        Criterion.Copy => (a.Device == group.NextActive).CompareTo(b.Device == group.NextActive),
        _ => 0,
    };
}
