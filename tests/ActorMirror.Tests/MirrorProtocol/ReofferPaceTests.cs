using ActorMirror.Domain.MirrorProtocol;

namespace ActorMirror.Tests.MirrorProtocol;

public sealed class ReofferPaceTests
{
    private readonly ReofferPace pace = new(new MirrorLimits { FirstPause = TimeSpan.FromSeconds(1), LongestPause = TimeSpan.FromSeconds(3) });

    [Fact]
    public void The_first_round_is_due_at_once_and_goes_on_until_nothing_is_left_to_offer()
    {
        pace.IsDue(At(10)).ShouldBeTrue();
        pace.Offered(512, 600, At(10));
        pace.IsDue(At(10)).ShouldBeTrue();
        pace.Offered(3, 603, At(10.1));
        pace.Offered(0, 603, At(10.1));
        pace.IsDue(At(11)).ShouldBeFalse();
        pace.IsDue(At(11.1)).ShouldBeTrue();
    }

    [Fact]
    public void A_mirror_that_goes_on_refusing_is_asked_more_and_more_seldom()
    {
        var now = 0.0;
        foreach (var pause in new[] { 1.0, 2.0, 3.0, 3.0 })
        {
            Round(10, now);
            pace.Answered(10, retracted: 4);
            pace.IsDue(At(now + pause - 0.01)).ShouldBeFalse();
            pace.IsDue(At(now += pause)).ShouldBeTrue();
        }
    }

    [Fact]
    public void When_the_mirror_took_a_whole_round_the_next_refusal_is_offered_again_at_once()
    {
        Round(10, 0);
        pace.Answered(9, retracted: 0);
        pace.IsDue(At(0.5)).ShouldBeFalse("the last of the round was not answered yet");
        pace.Answered(10, retracted: 0);
        pace.IsDue(At(0.5)).ShouldBeTrue();
        Round(20, 0.5);
        pace.IsDue(At(1.5)).ShouldBeTrue("the first pause again");
    }

    [Fact]
    public void A_look_that_offers_nothing_is_no_round()
    {
        pace.Offered(0, 5, At(1));
        pace.IsDue(At(1)).ShouldBeTrue();
    }

    private static TimeSpan At(double seconds) => TimeSpan.FromSeconds(seconds);

    private void Round(long last, double now)
    {
        pace.Offered(1, last, At(now));
        pace.Offered(0, last, At(now));
    }
}
