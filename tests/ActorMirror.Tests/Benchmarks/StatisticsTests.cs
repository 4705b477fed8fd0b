using ActorMirror.Benchmarks.Figures;
using FsCheck;
using FsCheck.Fluent;

namespace ActorMirror.Tests.Benchmarks;

public sealed class StatisticsTests
{
    [Theory]
    [InlineData(new[] { 3.0 }, 3.0)]
    [InlineData(new[] { 4.0, 1.0 }, 2.5)]
    [InlineData(new[] { 9.0, 1.0, 2.0 }, 2.0)]
    [InlineData(new[] { 4.0, 3.0, 2.0, 1.0 }, 2.5)]
    public void The_median_lies_in_the_middle(double[] values, double median) => Statistics.Median(values).ShouldBe(median);

    [Theory]
    [InlineData(0.5, 50)]
    [InlineData(0.99, 99)]
    [InlineData(0.991, 100)]
    [InlineData(1, 100)]
    [InlineData(0.001, 1)]
    public void A_quantile_is_a_value_of_nearest_rank(double share, double expected) =>
        Statistics.Quantile([.. Enumerable.Range(1, 100).Reverse().Select(n => (double)n)], share).ShouldBe(expected);

    [Fact]
    public void Nothing_is_said_of_nothing()
    {
        Should.Throw<ArgumentException>(() => Statistics.Median([]));
        Should.Throw<ArgumentException>(() => Statistics.Quantile([], 0.5));
        Should.Throw<ArgumentOutOfRangeException>(() => Statistics.Quantile([1], 0));
        Statistics.MedianInterval([]).ShouldBeNull();
    }

    // Ranks of the lower end as tables of the sign test have them (two-sided, 5 %).
    [Theory]
    [InlineData(5, 0)]
    [InlineData(6, 1)]
    [InlineData(8, 1)]
    [InlineData(9, 2)]
    [InlineData(15, 4)]
    [InlineData(20, 6)]
    [InlineData(21, 6)]
    [InlineData(25, 8)]
    [InlineData(50, 18)]
    public void The_interval_of_the_median_is_that_of_the_sign_test(int count, int rank)
    {
        var interval = Statistics.MedianInterval([.. Enumerable.Range(1, count).Select(n => (double)n)]);

        if (rank == 0) interval.ShouldBeNull();
        else interval.ShouldBe((rank, count + 1 - rank));
    }

    [Fact]
    public void The_interval_contains_the_median_and_no_order_changes_it() => Check.QuickThrowOnFailure(
        Prop.ForAll(ArbMap.Default.ArbFor<NormalFloat[]>(), drawn =>
        {
            double[] values = [.. drawn.Select(v => v.Get)];
            if (Statistics.MedianInterval(values) is not var (low, high)) return values.Length < 6;
            var median = Statistics.Median(values);
            return low <= median && median <= high && Statistics.MedianInterval([.. values.Reverse()]) == (low, high);
        }));
}
