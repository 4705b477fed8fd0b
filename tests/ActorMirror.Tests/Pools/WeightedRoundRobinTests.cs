using ActorMirror.Domain.Pools;
using FsCheck;
using FsCheck.Fluent;

namespace ActorMirror.Tests.Pools;

public sealed class WeightedRoundRobinTests
{
    [Theory]
    [InlineData(new int[0], new int[0])]
    [InlineData(new[] { 7 }, new[] { 0 })]
    [InlineData(new[] { 1, 1 }, new[] { 0, 1 })]
    [InlineData(new[] { 3, 1 }, new[] { 0, 0, 1, 0 })]
    [InlineData(new[] { 10, 20 }, new[] { 1, 0, 1 })]
    [InlineData(new[] { 5, 1, 1 }, new[] { 0, 0, 1, 0, 2, 0, 0 })]
    public void A_turn_spreads_members_by_weight(int[] weights, int[] turn) => WeightedRoundRobin.Turn(weights).ShouldBe(turn);

    [Fact]
    public void Every_member_is_visited_in_proportion_to_its_weight() =>
        Prop.ForAll(Gen.Choose(1, 100).NonEmptyListOf().ToArbitrary(), weights =>
        {
            var turn = WeightedRoundRobin.Turn([.. weights]);
            var sum = weights.Sum();
            return weights.Select((weight, i) => turn.Count(m => m == i) * sum == weight * turn.Length).All(ok => ok);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_weight_below_one_is_refused() =>
        Should.Throw<ArgumentOutOfRangeException>(() => WeightedRoundRobin.Turn([1, 0]));
}
