using ActorMirror.Domain.Connections;
using ActorMirror.Domain.Devices;
using ActorMirror.Domain.MirrorProtocol;
using ActorMirror.Domain.TrafficGroups;
using ActorMirror.Tests.Support;

namespace ActorMirror.Tests.MirrorProtocol;

/// <summary>A slow mirror costs no memory, and a resync no more of the time than it may.</summary>
public sealed class SlowMirrorTests
{
    private const int Backlog = 512;

    /// <summary>Both say that they live: nothing breaks the connection but time itself would.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_mirror_that_reads_or_acknowledges_nothing_for_an_hour_desyncs_and_is_resynced_over_the_same_connection(bool reads)
    {
        var limits = new MirrorLimits { BacklogChanges = Backlog, BatchChanges = 64, BatchesInHand = reads ? int.MaxValue : 2 };
        var pair = new MirrorPair(10_000, limits: limits);
        for (var i = 0; i < 100; i++) pair.Upsert(Flows.Connection(i));
        pair.Settle();
        var (snapshots, until) = (pair.Snapshots, pair.Now + TimeSpan.FromHours(1));
        for (var number = 0; pair.Now < until; number++)
        {
            pair.Now += TimeSpan.FromMilliseconds(100);
            pair.Upsert(Flows.Connection(number % 5000, number % 7 == 0 ? ConnectionState.TimeWait : ConnectionState.Established, 1 + number / 5000 % 2));
            pair.SenderStep();
            pair.ActiveMail();
            if (reads) pair.MirrorReceives();
            pair.MirrorSends();
            pair.ActiveReceives();
            pair.Outstanding.ShouldBeLessThanOrEqualTo(Backlog);
        }

        pair.Copy.ShouldBe(CopyState.Desynced);
        pair.Overflows.ShouldBe(1);
        pair.Settle();
        pair.Snapshots.ShouldBe(snapshots + 1);
        pair.Resumes.ShouldBe(0, "an overflow never resets the channel");
    }

    [Theory]
    [InlineData(0.25)]
    [InlineData(0.05)]
    [InlineData(1)]
    public void A_resync_keeps_each_end_at_work_for_its_share_of_the_time_at_most(double share)
    {
        var (here, way, there) = (TimeSpan.FromMilliseconds(2), TimeSpan.FromMilliseconds(1), TimeSpan.FromMilliseconds(6));
        var table = new ConnectionTable(100_000);
        for (var i = 0; i < 50_000; i++) table.TryUpsert(Flows.Connection(i), out _);
        var stream = new OutgoingStream(new StreamId(1, new Epoch(1, 1), 1), new MirrorLimits { ResyncShare = share });
        var (now, worked, applied, ways) = (TimeSpan.FromHours(1), TimeSpan.Zero, TimeSpan.Zero, TimeSpan.Zero);
        var began = now;
        stream.Handle(LinkEvent.Dialled, now);
        stream.Handle(LinkEvent.Connected, now);
        stream.Answered(new MirrorHelloAnswer(MirrorRefusal.None, 1, new DeviceId(2), 0, 100_000, StreamId.None, 0, 0, "", ""), now);
        while (stream.Copy != CopyState.InSync)
        {
            switch (stream.Next(now, out var waitUntil))
            {
                case SenderStep.RequestSnapshot:
                    var request = stream.TakeSnapshotRequest();
                    stream.TryBeginSnapshot(request.Number, table.BeginSnapshot(request.SameCopy, request.Room)).ShouldBeTrue();
                    break;
                case SenderStep.RequestChunk:
                    var (number, limit) = stream.TakeChunkRequest(now);
                    var chunk = new MirrorChange[limit];
                    var written = table.NextChunk(chunk, out _);
                    now += here;
                    worked += here;
                    stream.TryAppendChunk(number, chunk.AsSpan(0, written), now).ShouldBeTrue();
                    break;
                case SenderStep.SendBatch:
                    var batch = stream.TakeBatch();
                    stream.Wrote(now);
                    now += way + there * (batch.Length / 512.0) + way;
                    applied += there * (batch.Length / 512.0);
                    ways += way + way;
                    stream.TryAcknowledge(batch[^1].Sequence, now).ShouldBeTrue();
                    break;
                case SenderStep.SendPing:
                    stream.Wrote(now);
                    break;
                default:
                    now = waitUntil;
                    break;
            }
        }

        var all = now - began;
        (applied / all).ShouldBeLessThanOrEqualTo(share);
        (worked / all).ShouldBeLessThanOrEqualTo(share);
        var expected = (worked + applied + ways) / share;
        all.ShouldBeInRange(expected * 0.95, expected * 1.05);
    }

    [Fact]
    public void A_chunk_that_waited_for_a_stuck_mirror_does_not_make_the_resync_pause_for_ever()
    {
        var pace = new ResyncPace(0.25, TimeSpan.FromSeconds(1));
        var now = TimeSpan.FromHours(1);
        pace.Asked(now);
        pace.ReadyAt.ShouldBe(TimeSpan.MaxValue);
        pace.Appended(100);
        pace.Acknowledged(99, now);
        pace.ReadyAt.ShouldBe(TimeSpan.MaxValue, "not all of it is acknowledged");
        now += TimeSpan.FromMinutes(5);
        pace.Acknowledged(100, now);
        pace.ReadyAt.ShouldBe(now + TimeSpan.FromSeconds(3));
    }
}
