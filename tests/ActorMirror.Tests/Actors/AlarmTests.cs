using ActorMirror.Actors.Alarms;
using ActorMirror.Actors.Devices;
using ActorMirror.Domain.MirrorProtocol;
using ActorMirror.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace ActorMirror.Tests.Actors;

public sealed class AlarmTests
{
    private static readonly MirrorSight Good = new(IsActive: true, IsMirrored: true, "b", MirrorChannelState.InSync, "");

    private readonly FakeTimeProvider time = new();

    [Fact]
    public void An_alarm_stands_from_its_first_raising_until_it_is_cleared()
    {
        var book = new AlarmBook(time, NullLogger.Instance);
        book.Raise(AlarmKind.PoolDown, "web", "first");
        time.Advance(TimeSpan.FromSeconds(3));
        book.Set(AlarmKind.PoolDown, "web", "second");
        book.Raise(AlarmKind.PoolDown, "dns", "other");
        book.Current.Select(a => (a.About, a.Text)).ShouldBe([("web", "second"), ("dns", "other")]);
        book.Current[0].Since.ShouldBe(DateTimeOffset.UnixEpoch);
        book.Set(AlarmKind.PoolDown, "web", null);
        book.Clear(AlarmKind.PoolDown, "web");
        book.Current.ShouldHaveSingleItem().About.ShouldBe("dns");
    }

    [Fact]
    public void Every_kind_has_a_remedy()
    {
        foreach (var kind in Enum.GetValues<AlarmKind>()) new Alarm(kind, null, "", default, 0).Remedy.ShouldNotBeNullOrWhiteSpace();
    }

    [Fact]
    public void Dropped_roles_are_an_alarm_for_one_look_at_least_and_until_the_device_is_in_again()
    {
        var watch = new DropWatch();
        watch.Look(null, isIn: false).ShouldBeNull("it starts");
        watch.Look(null, isIn: true).ShouldBeNull();
        var paused = new RolesDropped("this worker stood still for 200 ms");
        watch.Look(paused, isIn: true).ShouldNotBeNull("between two looks it was out and in again").ShouldContain("200 ms");
        watch.Look(paused, isIn: true).ShouldBeNull();
        var again = new RolesDropped("this worker stood still for 200 ms");
        watch.Look(again, isIn: false).ShouldNotBeNull("equal, but not the same one");
        watch.Look(again, isIn: false).ShouldNotBeNull();
        watch.Look(again, isIn: true).ShouldBeNull();
    }

    [Fact]
    public void Without_a_next_active_there_is_an_alarm_at_once_where_there_is_something_to_mirror()
    {
        new MirrorWatch().Look(Good with { Peer = null, Channel = null }, default).NoMirror.ShouldNotBeNull();
        new MirrorWatch().Look(Good with { Peer = null, Channel = null, IsMirrored = false }, default).ShouldBe((null, null));
        new MirrorWatch().Look(Good with { Peer = null, Channel = null, IsActive = false }, default).ShouldBe((null, null));
    }

    [Fact]
    public void A_copy_that_stays_incomplete_is_an_alarm_whatever_its_channel_goes_through_meanwhile()
    {
        var watch = new MirrorWatch();
        watch.Look(Good, default).ShouldBe((null, null));
        watch.Look(Good with { Channel = MirrorChannelState.Connecting }, TimeSpan.FromSeconds(1)).ShouldBe((null, null));
        watch.Look(Good with { Channel = MirrorChannelState.Resyncing }, TimeSpan.FromSeconds(9)).ShouldBe((null, null));
        watch.Look(Good with { Channel = MirrorChannelState.Desynced, Reason = "table full" }, TimeSpan.FromSeconds(1) + MirrorWatch.Patience)
            .Desynced.ShouldNotBeNull().ShouldContain("table full");
        watch.Look(Good, TimeSpan.FromSeconds(20)).ShouldBe((null, null));
        watch.Look(Good with { Channel = MirrorChannelState.Connecting }, TimeSpan.FromSeconds(21)).ShouldBe((null, null));
    }
}
