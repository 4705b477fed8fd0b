using ActorMirror.Actors.Alarms;

namespace ActorMirror.Tests.Actors;

public sealed class ForeignClaimsTests
{
    [Fact]
    public void A_storm_of_claims_is_answered_once_a_second_and_is_over_half_a_minute_after_the_last()
    {
        var claims = new ForeignClaims();
        var answers = Enumerable.Range(0, 1000).Count(i => claims.Hear(TimeSpan.FromMilliseconds(5 * i)));
        answers.ShouldBe(5);
        var last = TimeSpan.FromMilliseconds(5 * 999);
        claims.IsOver(last + ForeignClaims.Quiet - TimeSpan.FromMilliseconds(1)).ShouldBeFalse();
        claims.IsOver(last + ForeignClaims.Quiet).ShouldBeTrue();
    }
}
