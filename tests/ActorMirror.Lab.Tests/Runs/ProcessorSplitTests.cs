using ActorMirror.Lab.Processes;

namespace ActorMirror.Lab.Tests.Runs;

public sealed class ProcessorSplitTests
{
    [Theory]
    [InlineData("0-1", "0", "1")]
    [InlineData("2-3,8", "2", "3,8")]
    [InlineData("5,7", "5", "7")]
    public void The_first_processor_is_the_traffic_s(string allowed, string traffic, string devices) =>
        ProcessorSplit.Of(allowed).ShouldBe(new ProcessorSplit(traffic, devices));

    [Fact]
    public void A_single_processor_is_shared() => ProcessorSplit.Of("3").ShouldBe(ProcessorSplit.None);
}
