using ActorMirror.Domain.Cluster;
using ActorMirror.Domain.Connections;
using ActorMirror.Domain.Devices;
using ActorMirror.Domain.TrafficGroups;
using ActorMirror.Management;
using ActorMirror.Node.Worker;

namespace ActorMirror.Tests.Node;

public sealed class FailoverTallyTests
{
    [Fact]
    public void Moves_are_counted_by_group_and_reason_and_what_they_cost_with_them()
    {
        var tally = new FailoverTally();
        tally.Record(Moved(1, MoveReason.DeviceDown));
        tally.Record(Moved(2, MoveReason.Forced));
        tally.Record(Report(1)); // of a move that is over
        tally.Record(Report(2));
        tally.Record(Moved(3, MoveReason.DeviceDown));
        tally.Counts.ShouldBe([new FailoverCount("tg1", "device-down", 2, 0, 0), new FailoverCount("tg1", "forced", 1, 9, 2)], ignoreOrder: true);
    }

    private static ClusterNotice.Moved Moved(ulong index, MoveReason reason) => new("tg1", new DeviceId(1), new DeviceId(2), new Epoch(1, index), reason);

    private static ClusterNotice.Promoted Report(ulong index) => new(
        new DeviceId(2),
        new ClusterCommand.Promoted("tg1", new Epoch(1, index), 400, 200, 12, 11, 9, new LossReport(11, ExposureCounts.None.With(Exposure.NotAcknowledged, 2), null, null)));
}
