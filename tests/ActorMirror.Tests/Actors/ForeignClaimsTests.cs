using ActorMirror.Actors.Alarms;
using ActorMirror.Domain.TrafficGroups;

namespace ActorMirror.Tests.Actors;

public sealed class ForeignClaimsTests
{
    private static readonly Epoch Owned = new(1, 1);
    private static readonly ClaimVerdict Over = new(IsOver: true, IsConflict: false, Answers: false);

    [Fact]
    public void A_claim_is_a_conflict_if_this_device_is_still_the_owner_a_moment_later_and_is_over_after_a_while()
    {
        var claims = new ForeignClaims(Owned, default);
        claims.Look(Owned, Ms(499)).ShouldBe(new ClaimVerdict(IsOver: false, IsConflict: false, Answers: false));
        claims.Look(Owned, Ms(500)).ShouldBe(new ClaimVerdict(IsOver: false, IsConflict: true, Answers: true));
        claims.Look(Owned, Ms(29_999)).ShouldBe(new ClaimVerdict(IsOver: false, IsConflict: true, Answers: false), "it was answered");
        claims.Look(Owned, ForeignClaims.Quiet).ShouldBe(Over);
    }

    [Theory]
    [InlineData(100)]
    [InlineData(5000)]
    public void A_successor_is_no_rival(int later)
    {
        var claims = new ForeignClaims(Owned, default);
        claims.Hear(Ms(later));
        claims.Look(null, Ms(later)).ShouldBe(Over);
        claims.Look(new Epoch(1, 2), Ms(later)).ShouldBe(Over, "it came back later");
    }

    [Fact]
    public void A_storm_of_claims_is_answered_once_a_second()
    {
        var claims = new ForeignClaims(Owned, default);
        var answers = 0;
        for (var i = 0; i < 1000; i++)
        {
            claims.Hear(Ms(5 * i));
            if (claims.Look(Owned, Ms(5 * i)).Answers) answers++;
        }

        answers.ShouldBe(5);
    }

    private static TimeSpan Ms(int milliseconds) => TimeSpan.FromMilliseconds(milliseconds);
}
