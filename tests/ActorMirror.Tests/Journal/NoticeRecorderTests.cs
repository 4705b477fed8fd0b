using System.Collections.Immutable;
using ActorMirror.Domain.Cluster;
using ActorMirror.Domain.Connections;
using ActorMirror.Domain.Devices;
using ActorMirror.Domain.TrafficGroups;
using ActorMirror.Journal;

namespace ActorMirror.Tests.Journal;

public sealed class NoticeRecorderTests
{
    private static readonly LossReport s_loss = new(501, ExposureCounts.None.With(Exposure.MirroringOff, 3), TimeSpan.FromMilliseconds(120), TimeSpan.Zero);
    private readonly ListJournal _journal = new();
    private NoticeRecorder? _recorder;

    [Fact]
    public void A_move_and_its_promotion_are_one_failover_with_its_times()
    {
        Record(new ClusterNotice.Moved("tg1", new DeviceId(1), new DeviceId(2), new Epoch(8, 3), MoveReason.DeviceDown));
        Record(new ClusterNotice.Promoted(new DeviceId(2), new ClusterCommand.Promoted("tg1", new Epoch(8, 3), 431, 219, 12, 500, 498, s_loss)));
        _journal.Epochs.ShouldBe([("tg1", new Epoch(8, 3))]);
        _journal.Failovers.ShouldBe(
        [
            new Failover("tg1", new Epoch(8, 3), "d1", "d2", "device-down", null, null, 0, 0, default),
            new Failover("tg1", new Epoch(8, 3), "d1", "d2", "device-down", 431, 12, 500, 498, default, s_loss),
        ]);
        _journal.Forced.ShouldBeEmpty();
    }

    [Fact]
    public void An_operators_move_is_kept_with_who_asked()
    {
        Record(new ClusterNotice.RequestFinished(new DeviceId(3), 7, "tg1", null));
        Record(new ClusterNotice.Moved("tg1", new DeviceId(1), new DeviceId(2), new Epoch(8, 4), MoveReason.Forced));
        Record(new ClusterNotice.Promoted(new DeviceId(2), new ClusterCommand.Promoted("tg1", new Epoch(8, 4), double.NaN, 0, 4, 1, 1, null)));
        _journal.Forced.ShouldBe([new ForcedStandby("tg1", "d3", "d2", default)]);
        _journal.Failovers[^1].DetectionMs.ShouldBeNull("nothing failed");
    }

    [Fact]
    public void A_refused_request_and_a_report_of_an_older_epoch_are_no_history()
    {
        Record(new ClusterNotice.RequestFinished(new DeviceId(3), 7, "tg1", "it is not active anywhere"));
        Record(new ClusterNotice.Moved("tg1", null, new DeviceId(2), new Epoch(8, 4), MoveReason.Initial));
        Record(new ClusterNotice.Promoted(new DeviceId(1), new ClusterCommand.Promoted("tg1", new Epoch(8, 3), 1, 1, 1, 1, 1, null)));
        _journal.Forced.ShouldBeEmpty();
        _journal.Failovers.ShouldBe([new Failover("tg1", new Epoch(8, 4), null, "d2", "initial", null, null, 0, 0, default)]);
    }

    private void Record(ClusterNotice notice) => (_recorder ??= new NoticeRecorder(_journal, d => $"d{d}", new NoTime())).Record(notice);

    private sealed class NoTime : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => default;
    }

    private sealed class ListJournal : IJournal
    {
        public List<(string, Epoch)> Epochs { get; } = [];

        public List<Failover> Failovers { get; } = [];

        public List<ForcedStandby> Forced { get; } = [];

        public ImmutableDictionary<string, Epoch> HighestEpochs => ImmutableDictionary<string, Epoch>.Empty;

        public ImmutableArray<OfflineWord> Offline => [];

        public JournalStatus Status => new(JournalHealth.Ok, "ok", 0);

        public void Saw(string group, Epoch epoch) => Epochs.Add((group, epoch));

        public void Record(ForcedStandby decision) => Forced.Add(decision);

        public void Record(OfflineWord word)
        {
        }

        public void Record(Failover failover) => Failovers.Add(failover);

        public void Record(Audit change) => throw new NotSupportedException();

        public Task<ImmutableArray<Audit>> AuditsAsync(int limit, CancellationToken cancellation) => throw new NotSupportedException();

        public Task<ImmutableArray<Failover>> FailoversAsync(int limit, CancellationToken cancellation) => Task.FromResult(Failovers.ToImmutableArray());

        public Task FlushAsync(CancellationToken cancellation) => Task.CompletedTask;

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
