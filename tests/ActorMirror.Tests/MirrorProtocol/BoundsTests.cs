using ActorMirror.Domain.Connections;
using ActorMirror.Domain.Devices;
using ActorMirror.Domain.MirrorProtocol;
using ActorMirror.Domain.TrafficGroups;
using ActorMirror.Tests.Support;

namespace ActorMirror.Tests.MirrorProtocol;

/// <summary>The small parts of a stream: the backlog, pauses, the throttle, ages, and whom a mirror accepts.</summary>
public sealed class BoundsTests
{
    [Fact]
    public void A_backlog_keeps_what_is_not_acknowledged_and_takes_no_more_than_its_bound()
    {
        var backlog = new Backlog(600);
        for (var i = 1; i <= 600; i++) backlog.TryAppend([Change(i)]).ShouldBeTrue();
        backlog.TryAppend([Change(601)]).ShouldBeFalse();
        var sent = 0;
        while (backlog.TakeUnsent(100) is { Length: > 0 } batch)
        {
            foreach (var change in batch) change.Sequence.ShouldBe(++sent);
        }

        backlog.TryRelease(601).ShouldBeFalse("it was never sent");
        backlog.TryRelease(250).ShouldBeTrue();
        backlog.TryAppend([Change(601), Change(602)]).ShouldBeTrue();
        backlog.Outstanding.ShouldBe(352);
        backlog.OutstandingBytes.ShouldBe(352 * Change(1).WireSize);
    }

    [Fact]
    public void A_backlog_resumes_after_any_change_it_still_has_and_after_no_other()
    {
        var backlog = new Backlog(10);
        backlog.Restart(40);
        backlog.TryAppend([Change(41), Change(42), Change(43)]).ShouldBeTrue();
        backlog.TakeUnsent(10).Length.ShouldBe(3);
        backlog.TryRelease(41).ShouldBeTrue();
        backlog.TryResume(40).ShouldBeFalse("41 is not kept any more");
        backlog.TryResume(44).ShouldBeFalse("44 does not exist");
        backlog.TryResume(42).ShouldBeTrue();
        backlog.TakeUnsent(10)[0].Sequence.ShouldBe(43);
        Should.Throw<ArgumentException>(() => backlog.TryAppend([Change(45)]));
    }

    [Fact]
    public void Pauses_double_up_to_the_longest_and_start_anew()
    {
        var pauses = new BackOff(new MirrorLimits());
        Enumerable.Range(0, 7).Select(_ => pauses.Next().TotalSeconds).ShouldBe([1, 2, 4, 8, 16, 30, 30]);
        pauses.Reset();
        pauses.Next().TotalSeconds.ShouldBe(1);
    }

    [Fact]
    public void A_resync_gets_its_rate_and_no_more_over_time()
    {
        var throttle = new ResyncThrottle(100_000);
        var (now, taken) = (TimeSpan.FromHours(1), 0);
        var until = now + TimeSpan.FromSeconds(10);
        while (now < until)
        {
            if (throttle.ReadyAt(now) is var ready && ready > now)
            {
                now = ready;
                continue;
            }

            throttle.Take(5_000);
            taken += 5_000;
        }

        taken.ShouldBeInRange(1_000_000, 1_020_000);
        new ResyncThrottle(0).ReadyAt(now).ShouldBe(now);
    }

    [Fact]
    public void The_age_shown_is_that_of_the_oldest_change_that_is_not_acknowledged()
    {
        var times = new AppendTimes();
        times.Oldest.ShouldBeNull();
        times.Note(10, Milliseconds(0));
        times.Note(20, Milliseconds(3));
        times.Note(30, Milliseconds(9));
        times.Note(40, Milliseconds(50));
        times.Oldest.ShouldBe(Milliseconds(0));
        times.Release(19);
        times.Oldest.ShouldBe(Milliseconds(0));
        times.Release(20);
        times.Oldest.ShouldBe(Milliseconds(9));
        times.Release(40);
        times.Oldest.ShouldBeNull();
    }

    [Theory]
    [InlineData(1, 1, 1, 1, 5, 7, MirrorRefusal.None)]
    [InlineData(1, 9, 1, 1, 6, 7, MirrorRefusal.None)]
    [InlineData(2, 9, 1, 1, 5, 7, MirrorRefusal.Version)]
    [InlineData(0, 0, 1, 1, 5, 7, MirrorRefusal.Version)]
    [InlineData(1, 1, 3, 1, 5, 7, MirrorRefusal.NotMyPeer)]
    [InlineData(1, 1, 1, 2, 5, 7, MirrorRefusal.NotMirror)]
    [InlineData(1, 1, 1, 1, 4, 7, MirrorRefusal.EpochTooLow)]
    [InlineData(1, 1, 1, 1, 5, 8, MirrorRefusal.NumberingDiffers)]
    [InlineData(1, 1, 1, 1, 5, 7, MirrorRefusal.NotWhoItSays, 3)]
    [InlineData(1, 1, 1, 1, 5, 7, MirrorRefusal.None, 1)]
    [InlineData(1, 1, 1, 1, 5, 7, MirrorRefusal.PlatformDiffers, 1, "other")]
    [InlineData(1, 1, 1, 1, 5, 7, MirrorRefusal.None, 1, "this")]
    [InlineData(1, 1, 1, 1, 5, 7, MirrorRefusal.ChannelsDiffer, 1, null, 2, 4)]
    [InlineData(1, 1, 1, 1, 5, 7, MirrorRefusal.ChannelsDiffer, 1, null, 1, 3)]
    public void A_mirror_accepts_its_active_and_refuses_everybody_else_with_a_reason(
        byte minimum, byte maximum, int device, int group, ulong index, ulong numbering, MirrorRefusal expected, int certified = 0, string? only = null, int channel = 2,
        int channels = 3)
    {
        var acceptance = new MirrorAcceptance(new DeviceId(1), 1, new Epoch(3, 5), 7, only) { Channel = new ChannelShare(2, 3) };
        var stream = new StreamId(group, new Epoch(3, index), 1);
        var hello = new MirrorHello(minimum, maximum, new DeviceId(device), stream, "tg1", numbering, 0, "this", 0, new ChannelShare(channel, channels));
        acceptance.Judge(hello, certified == 0 ? null : new DeviceId(certified), out var detail).ShouldBe(expected);
        (detail.Length == 0).ShouldBe(expected == MirrorRefusal.None);
    }

    private static MirrorChange Change(long sequence) => MirrorChange.Upsert(sequence, Flows.Connection((int)sequence));

    private static TimeSpan Milliseconds(int value) => TimeSpan.FromMilliseconds(value);
}
