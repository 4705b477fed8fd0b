using ActorMirror.Configuration.Reading;
using ActorMirror.Domain.TrafficGroups;

namespace ActorMirror.Configuration.Validation;

/// <summary>What goes with which failover method, and HA groups whose score says something.</summary>
internal static class FailoverRules
{
    public static void Check(GroupConfig config, Problems problems)
    {
        foreach (var group in config.TrafficGroups) Check(group, problems);
        foreach (var haGroup in config.HaGroups)
        {
            foreach (var twice in haGroup.Pools.Select(p => p.Pool).OfType<Located<string>>().GroupBy(p => p.Value).Where(p => p.Count() > 1))
                problems.Error(twice.Last().Origin, $"the pool '{twice.Key}' counts twice in this HA group", "name it once, with another weight");
            foreach (var part in haGroup.Pools) Check(config, part, problems);
        }
    }

    private static void Check(TrafficGroupConfig group, Problems problems)
    {
        if (group is { Method.Value: FailoverMethod.HaGroup, HaGroup: null })
            problems.Error(group.Method.Origin, "the failover method needs an HA group", "add ha-group = the name of one of ha-groups, or choose another failover-method");
        if (group is { Method.Value: not FailoverMethod.HaGroup, HaGroup: { } unused })
            problems.Error(unused.Origin, "the HA group would not be looked at", "set failover-method = ha-group, or leave ha-group out");
        if (group is { Method.Value: not FailoverMethod.HaOrder, Failback: { Value: not null } failback })
        {
            problems.Error(
                failback.Origin, "only the HA order prefers one device to another for good: with another failover method there is nothing to go back to",
                "set auto-failback = off, or failover-method = ha-order");
        }
    }

    private static void Check(GroupConfig config, HaGroupPoolConfig part, Problems problems)
    {
        if (part.Pool is not { } name || config.Pools.FirstOrDefault(p => p.Name == name.Value) is not { } pool) return;
        if (part.Threshold is { } threshold && threshold.Value > pool.Members.Length)
        {
            problems.Error(
                threshold.Origin, $"the pool '{pool.Name}' has {pool.Members.Length} members: it would never count", $"set threshold to {pool.Members.Length} or less");
        }

        if (pool.Monitor is null)
            problems.Warning(name.Origin, $"the pool '{pool.Name}' has no monitor: its members are always up, and the score never changes", "give the pool a monitor");
    }
}
