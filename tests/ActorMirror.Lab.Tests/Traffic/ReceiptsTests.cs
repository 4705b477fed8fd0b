using ActorMirror.Lab.Traffic;

namespace ActorMirror.Lab.Tests.Traffic;

public sealed class ReceiptsTests
{
    [Theory]
    [InlineData(new long[] { 0, 1, 2, 3 }, 0, 0, 0)]
    [InlineData(new long[] { 0, 3 }, 2, 0, 0)]
    [InlineData(new long[] { 0, 2, 1, 3 }, 0, 1, 0)]
    [InlineData(new long[] { 0, 1, 1, 2 }, 0, 0, 1)]
    [InlineData(new long[] { 0, 2, 1, 1 }, 0, 1, 1)]
    [InlineData(new long[] { 5 }, 5, 0, 0)]
    [InlineData(new long[] { 0, 500, 499, 500 }, 498, 1, 1)]
    public void Loss_order_and_doubles_are_told_apart(long[] arrivals, long missing, long reordered, long duplicated)
    {
        var receipts = new Receipts();

        foreach (var sequence in arrivals) receipts.Note(sequence);

        (receipts.Missing, receipts.Reordered, receipts.Duplicated).ShouldBe((missing, reordered, duplicated));
    }
}
