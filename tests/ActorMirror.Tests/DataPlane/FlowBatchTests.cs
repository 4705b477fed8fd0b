using ActorMirror.DataPlane.Flows;

namespace ActorMirror.Tests.DataPlane;

public sealed class FlowBatchTests
{
    [Fact]
    public void A_batch_that_is_returned_twice_has_one_next_owner()
    {
        var batch = FlowBatch.Rent();
        batch.Return();
        batch.Return();

        var next = new[] { FlowBatch.Rent(), FlowBatch.Rent() };
        next[0].ShouldNotBeSameAs(next[1]);
        foreach (var owned in next) owned.Return();
    }

    [Fact]
    public void A_batch_comes_empty()
    {
        var batch = FlowBatch.Rent();
        batch.Events.Add(default);
        batch.Return();
        FlowBatch.Rent().Events.ShouldBeEmpty();
    }
}
