using System.Text.Json;
using ActorMirror.Domain.Cluster;
using ActorMirror.Domain.Devices;
using ActorMirror.Domain.TrafficGroups;

namespace ActorMirror.Journal;

/// <summary>
/// Writes down what the group decides: every device keeps the history of all traffic groups. To be told the notices in their order,
/// by one caller at a time.
/// </summary>
public sealed class NoticeRecorder(IJournal journal, Func<DeviceId, string> nameOf, TimeProvider time)
{
    private readonly Dictionary<string, Failover> _last = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _requesters = new(StringComparer.Ordinal);

    public void Record(ClusterNotice notice)
    {
        switch (notice)
        {
            case ClusterNotice.Moved moved:
                journal.Saw(moved.Group, moved.Epoch);
                var (from, to) = (moved.From is { } previous ? nameOf(previous) : null, nameOf(moved.To));
                if (moved.Reason == MoveReason.Forced && _requesters.Remove(moved.Group, out var requester))
                {
                    journal.Record(new ForcedStandby(moved.Group, requester, to, time.GetUtcNow()));
                }

                Keep(new Failover(moved.Group, moved.Epoch, from, to, Kebab(moved.Reason), null, null, 0, 0, time.GetUtcNow()));
                break;

            case ClusterNotice.Promoted { Report: var report } when _last.TryGetValue(report.Group, out var move) && move.Epoch == report.Epoch:
                Keep(move with
                {
                    DetectionMs = double.IsNaN(report.DetectionMs) ? null : report.DetectionMs,
                    PromotionMs = report.PromotionMs,
                    Owned = report.Owned,
                    Protected = report.Protected,
                    Loss = report.Loss,
                });
                break;

            case ClusterNotice.RequestFinished { Refusal: null } finished:
                _requesters[finished.Group] = nameOf(finished.Requester); // the move follows
                break;
        }
    }

    private void Keep(Failover failover)
    {
        _last[failover.Group] = failover;
        journal.Record(failover);
    }

    private static string Kebab(MoveReason reason) => JsonNamingPolicy.KebabCaseLower.ConvertName(reason.ToString());
}
