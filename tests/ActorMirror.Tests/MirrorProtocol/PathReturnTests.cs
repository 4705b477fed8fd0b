using ActorMirror.Domain.MirrorProtocol;

namespace ActorMirror.Tests.MirrorProtocol;

/// <summary>When a channel goes back to its primary path.</summary>
public sealed class PathReturnTests
{
    private readonly PathReturn path = new(new MirrorLimits { ReturnAfter = Seconds(10), LongestReturn = Seconds(60) });

    [Fact]
    public void It_must_have_worked_for_the_hold_without_a_failed_try()
    {
        path.Left(Seconds(0));
        path.Probed(works: true, Seconds(2)).ShouldBeFalse();
        path.Probed(works: true, Seconds(11)).ShouldBeFalse();
        path.Probed(works: false, Seconds(12)).ShouldBeFalse();
        path.Probed(works: true, Seconds(13)).ShouldBeFalse();
        path.Probed(works: true, Seconds(22)).ShouldBeFalse();
        path.Probed(works: true, Seconds(23)).ShouldBeTrue();
    }

    [Fact]
    public void The_hold_doubles_for_a_path_that_breaks_soon_after_a_return_and_is_forgotten_when_it_lasted()
    {
        path.Left(Seconds(0));
        var now = 100;
        foreach (var hold in (int[])[20, 40, 60, 60])
        {
            path.Returned(Seconds(now));
            path.Left(Seconds(now += 5));
            path.Hold.ShouldBe(Seconds(hold));
            path.Left(Seconds(now));
            path.Hold.ShouldBe(Seconds(hold), "a session over the secondary path that is made anew is no return that failed");
        }

        path.Returned(Seconds(now));
        path.Left(Seconds(now + 601));
        path.Hold.ShouldBe(Seconds(10));
    }

    private static TimeSpan Seconds(int seconds) => TimeSpan.FromSeconds(seconds);
}
