using System.Collections.Immutable;
using ActorMirror.Domain.Cluster;
using ActorMirror.Management;

namespace ActorMirror.Node.Worker;

/// <summary>
/// Counts the moves of traffic groups that this worker heard of, and what they cost. To be told the notices in their order, by one caller at a time; read
/// from any thread.
/// </summary>
internal sealed class FailoverTally
{
    private readonly Dictionary<string, (string Reason, Domain.TrafficGroups.Epoch Epoch)> latest = new(StringComparer.Ordinal);
    private ImmutableSortedDictionary<(string Group, string Reason), FailoverCount> counts = ImmutableSortedDictionary<(string, string), FailoverCount>.Empty;

    public ImmutableArray<FailoverCount> Counts => [.. Volatile.Read(ref counts).Values];

    public void Record(ClusterNotice notice)
    {
        switch (notice)
        {
            case ClusterNotice.Moved moved:
                var reason = MirrorReports.Kebab(moved.Reason.ToString());
                latest[moved.Group] = (reason, moved.Epoch);
                Add(moved.Group, reason, count => count with { Moves = count.Moves + 1 });
                break;

            // What was reported of a move this worker did not hear of is not counted: its reason is not known.
            case ClusterNotice.Promoted { Report: { Loss: { } loss } report } when latest.TryGetValue(report.Group, out var move) && move.Epoch == report.Epoch:
                Add(report.Group, move.Reason, count => count with { Resumed = count.Resumed + report.Protected, Lost = count.Lost + loss.Lost.Total });
                break;
        }
    }

    private void Add(string group, string reason, Func<FailoverCount, FailoverCount> change) => Volatile.Write(
        ref counts, counts.SetItem((group, reason), change(counts.GetValueOrDefault((group, reason), new FailoverCount(group, reason, 0, 0, 0)))));
}
