using System.Collections.Immutable;
using ActorMirror.Domain.Connections;
using ActorMirror.Journal;
using ActorMirror.Management.Contracts;
using Loss = ActorMirror.Domain.TrafficGroups.LossReport;

namespace ActorMirror.Node.Worker;

/// <summary>Moves of traffic groups, and what they cost, in the words of the management interface.</summary>
internal static class FailoverReports
{
    public static FailoverReport Of(Failover failover) => new(
        failover.Group, failover.Epoch.ToString(), failover.From, failover.To, failover.Reason, failover.DetectionMs, failover.PromotionMs, failover.At,
        Of(failover.Loss, failover.Protected));

    public static LossReport? Of(Loss? loss, int resumed) => loss is null
        ? null
        : new LossReport(loss.Owned, resumed, Reasons(loss.Lost), loss.WordAge?.TotalMilliseconds, loss.ExposedFor?.TotalMilliseconds);

    public static ImmutableSortedDictionary<string, int> Reasons(ExposureCounts counts) =>
        counts.Reasons.ToImmutableSortedDictionary(r => MirrorReports.Kebab(r.Why.ToString()), r => r.Connections);
}
