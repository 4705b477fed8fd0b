using System.Collections.Immutable;
using ActorMirror.Domain.Cluster;
using ActorMirror.Domain.TrafficGroups;

namespace ActorMirror.Actors.Devices;

/// <summary>
/// The clock of the scores of HA groups, on both sides of the total order: what this device sees is told damped (<see cref="DampedScore"/>), and what all
/// have told counts when it has stood for as long. Scores that never come to rest count after three times that.
/// </summary>
internal sealed class ScoreWatch(TimeProvider time, TimeSpan damping)
{
    private readonly long started = time.GetTimestamp();
    private readonly SortedDictionary<string, DampedScore> told = new(StringComparer.Ordinal);
    private ImmutableArray<HaScore> seen = [];
    private (Epoch Change, long First, long Last) unsettled;

    /// <summary>As the monitors see it now; whole.</summary>
    public void See(ImmutableArray<HaScore> scores) => seen = scores;

    /// <summary>To be called about twice a second, which is also the most that is told.</summary>
    /// <returns>Null: nothing has changed.</returns>
    public ClusterCommand.Scores? Tell()
    {
        var now = time.GetElapsedTime(started);
        var changed = false;
        foreach (var (group, value) in seen)
        {
            var known = told.TryGetValue(group, out var before);
            told[group] = known ? before.See(value, now, damping) : DampedScore.First(value);
            changed |= !known || told[group].Told != before.Told;
        }

        return changed ? new ClusterCommand.Scores([.. told.Select(t => new HaScore(t.Key, t.Value.Told))]) : null;
    }

    /// <summary>To be called about twice a second; says it again until the state has it, since a command may be lost with its ring.</summary>
    public ClusterCommand.ScoresSettled? Look(ClusterReplica replica)
    {
        if (replica is not { Phase: SyncPhase.Established { State: { ScoresChanged: var changed } }, IsWaiting: false } || changed == Epoch.None)
        {
            unsettled = default;
            return null;
        }

        var now = time.GetTimestamp();
        if (changed != unsettled.Change) unsettled = (changed, unsettled.Change == Epoch.None ? now : unsettled.First, now);
        return time.GetElapsedTime(unsettled.Last) >= damping || time.GetElapsedTime(unsettled.First) >= 3 * damping
            ? new ClusterCommand.ScoresSettled(changed)
            : null;
    }
}
