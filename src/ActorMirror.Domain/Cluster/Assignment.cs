using ActorMirror.Domain.TrafficGroups;

namespace ActorMirror.Domain.Cluster;

/// <summary>Every traffic group to its place, after each event.</summary>
internal static class Assignment
{
    // Where a load-aware group is next-active is a matter of the others' places. Each change lowers the higher one of two loads, so it ends; this is far
    // beyond what 63 groups on 32 devices need.
    private const int MostRounds = 64;

    public static ClusterState Place(ClusterState state, List<ClusterNotice> notices)
    {
        for (var round = 0; round < MostRounds; round++)
        {
            var before = state;
            foreach (var (name, _) in before.Groups)
            {
                var group = state.Groups[name];
                var placed = Place(state, group, notices);
                if (!ReferenceEquals(placed, group)) state = state.With(placed);
            }

            if (ReferenceEquals(state, before) || !state.Groups.Values.Any(g => g.Policy.Method == FailoverMethod.LoadAware)) break;
        }

        return state;
    }

    private static GroupState Place(ClusterState state, GroupState group, List<ClusterNotice> notices)
    {
        var candidates = state.CandidatesFor(group);
        var named = group.Active is not { } active || candidates.Exists(c => c.Device == active);
        var placed = Placement.Place(named ? group : group.Lose(MoveReason.Reconfigured), candidates, state.Position, state.IsAwaited(group));
        return AutomaticMoves.Begin(HandoverRules.Check(placed, notices), candidates, state.Position);
    }
}
