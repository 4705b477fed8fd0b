using ActorMirror.Actors.Alarms;
using ActorMirror.Domain.TrafficGroups;

namespace ActorMirror.Tests.Actors;

public sealed class ArrivalExpectationTests
{
    private static readonly Epoch First = new(1, 1);
    private static readonly Epoch Second = new(1, 2);

    private readonly ArrivalExpectation expectation = new();
    private TimeSpan now;

    [Theory]
    [InlineData(300, 1)]  // 90,000 connections, 300 s
    [InlineData(7, 1)]
    [InlineData(1, 7)]    // 300 connections
    [InlineData(0.5, 14)]
    public void Without_a_packet_there_is_an_alarm_once_enough_were_to_be_expected(double rate, int seconds)
    {
        Look(rate, 100).ShouldBe(default);
        for (var second = 1; second < seconds; second++) Look(rate, 100).ShouldBe(new ArrivalVerdict(Again: true, null));
        for (var second = seconds; second < 100; second++) Look(rate, 100).Text.ShouldNotBeNull().ShouldContain($"in {second} s since");
    }

    [Fact]
    public void The_first_packet_ends_it_and_later_silence_means_nothing()
    {
        Look(10, 100);
        Look(10, 100).Text.ShouldNotBeNull();
        Look(10, 101).ShouldBe(default);
        for (var second = 0; second < 100; second++) Look(10, 101).ShouldBe(default);
        expectation.Awaits(First).ShouldBeFalse();
        expectation.Awaits(Second).ShouldBeTrue("another promotion begins anew");
    }

    [Fact]
    public void Who_inherited_nothing_or_too_little_raises_nothing()
    {
        for (var second = 0; second < 100; second++) Look(0, 0).ShouldBe(default);
        expectation.Awaits(First).ShouldBeFalse();

        for (var second = 0; second <= ArrivalExpectation.Longest.TotalSeconds; second++) Look(0.1, 0, Second).Text.ShouldBeNull();
        Look(0.1, 0, Second).ShouldBe(default, "a minute says nothing: not announced any more");
    }

    [Fact]
    public void A_role_that_is_lost_ends_it_and_a_new_ruleset_begins_with_its_own_count()
    {
        Look(10, 100);
        Look(10, 100).Text.ShouldNotBeNull();
        Look(10, 0).Text.ShouldNotBeNull("the counter began anew");
        expectation.Look(new ArrivalSight(null, 10, 0), now).ShouldBe(default);
        expectation.Awaits(null).ShouldBeFalse();
        Look(10, 0).ShouldBe(default);
        Look(10, 1).ShouldBe(default);
    }

    /// <summary>One second after the other.</summary>
    private ArrivalVerdict Look(double rate, long packets, Epoch? epoch = null)
    {
        now += TimeSpan.FromSeconds(1);
        return expectation.Look(new ArrivalSight(epoch ?? First, rate, packets), now);
    }
}
