using System.Collections.Immutable;
using ActorMirror.Domain.Devices;
using ActorMirror.Domain.TrafficGroups;

namespace ActorMirror.Domain.Cluster;

/// <summary>A device's score of one of its HA groups.</summary>
public readonly record struct HaScore(string HaGroup, int Value);

/// <summary>
/// Scores are told when they change and count together, when none has changed for a while: devices see the same server fail seconds apart, and in between
/// the one that saw it first must not lose its groups to one that will see it soon. The state has no clock: a device that saw them stand for so long
/// says so (<see cref="ClusterCommand.ScoresSettled"/>).
/// </summary>
internal static class ScoreRule
{
    public static ClusterState Tell(ClusterState state, DeviceState sender, ClusterCommand.Scores command)
    {
        var told = command.Of.DistinctBy(s => s.HaGroup).ToImmutableSortedDictionary(s => s.HaGroup, s => s.Value, StringComparer.Ordinal);
        return told.SequenceEqual(sender.Scores) ? state : state.With(sender with { Scores = told }) with { ScoresChanged = state.Position };
    }

    public static ClusterState Settle(ClusterState state, DeviceState sender, ClusterCommand.ScoresSettled command)
    {
        if (!sender.Synced || state.ScoresChanged == Epoch.None || state.ScoresChanged != command.Changed) return state;
        // What a new worker tells for the first time is no change.
        var isNews = state.Devices.Values.Any(d => !d.CountedScores.IsEmpty && !d.CountedScores.SequenceEqual(d.Scores));
        state = state with
        {
            ScoresChanged = Epoch.None,
            Devices = state.Devices.ToImmutableSortedDictionary(d => d.Key, d => d.Value with { CountedScores = d.Value.Scores }),
        };
        if (!isNews) return state;
        return state.ChangeGroups(g => g is { IsPinned: true, Policy.Method: FailoverMethod.HaGroup } ? g with { IsPinned = false } : g);
    }
}
