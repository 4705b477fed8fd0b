using ActorMirror.Domain.Connections;
using ActorMirror.Domain.MirrorProtocol;
using ActorMirror.Tests.Support;

namespace ActorMirror.Tests.Connections;

/// <summary>What a mirror does to its kernel, above all after a return: the stream wins over whatever is there.</summary>
public sealed class MirrorTableTests
{
    private readonly MirrorTable table = new(4);
    private readonly MirrorWork work = new();
    private long sequence;

    [Fact]
    public void Changes_become_what_the_kernel_must_do()
    {
        Apply(Begin(), Upsert(Flows.Connection(1)), End(1)).ShouldBeTrue();
        Operations().ShouldBe([(KernelAction.Create, 1)]);
        Apply(Upsert(Flows.Connection(1)));
        Operations().ShouldBeEmpty();
        Apply(Upsert(Flows.Connection(1, ConnectionState.FinWait)));
        Operations().ShouldBe([(KernelAction.Update, 1)]);
        Apply(Upsert(Flows.Connection(1, member: 2)));
        Operations().ShouldBe([(KernelAction.Replace, 1)]);
        Apply(Delete(1), Upsert(Flows.Connection(1)), Delete(2));
        Operations().ShouldBe([(KernelAction.Delete, 1), (KernelAction.Create, 1)]);
    }

    [Fact]
    public void Entries_of_a_former_role_are_updated_replaced_or_deleted_and_nothing_is_believed_unseen()
    {
        var former = new ConnectionTable(10);
        for (var i = 1; i <= 3; i++) former.TryUpsert(Flows.Connection(i), out _);
        var returned = MirrorTable.FromActive(former, 10);
        returned.IsComplete.ShouldBeFalse();
        returned.Apply([Begin(), Upsert(Flows.Connection(1)), Upsert(Flows.Connection(2, member: 5)), End(2)], work).ShouldBeTrue();
        Operations().ShouldBe([(KernelAction.Update, 1), (KernelAction.Replace, 2)]);
        returned.IsComplete.ShouldBeFalse("ghosts are still there");
        returned.Sweep(work, 100).ShouldBeTrue();
        Operations().ShouldBe([(KernelAction.Delete, 3)]);
        returned.IsComplete.ShouldBeTrue();
    }

    [Fact]
    public void Another_mark_is_another_connection_but_the_closing_bit_is_not()
    {
        var record = Flows.Connection(1);
        table.Seed(record);
        Apply(Begin(), Upsert(record with { Mark = new FlowMark(record.Mark.Value | FlowMark.Closing) }));
        Operations().ShouldBe([(KernelAction.Update, 1)]);
        Apply(Upsert(record with { Mark = FlowMark.Create(1, 2, 1) }));
        Operations().ShouldBe([(KernelAction.Replace, 1)]);
    }

    [Fact]
    public void What_a_helper_did_is_updated_but_a_helper_only_comes_with_a_new_entry()
    {
        var moved = HelperState.Ftp with { Reply = new(1000, 0, 3) };
        var expecting = moved with { Expected = new(Flows.Key(9), 0, Flows.Key(8).Destination) };
        Apply(Begin(), Upsert(Flows.Connection(1)) with { Helped = HelperState.Ftp }, End(1));
        Operations().ShouldBe([(KernelAction.Create, 1)]);
        Apply(Upsert(Flows.Connection(1)) with { Helped = expecting }, Upsert(Flows.Connection(1)) with { Helped = moved }, Upsert(Flows.Connection(1)) with { Helped = moved });
        work.Operations.Select(o => (o.Action, o.Helped, o.Former)).ShouldBe([(KernelAction.Update, expecting, HelperState.Ftp), (KernelAction.Update, moved, expecting)]);
        Operations();
        table.Helped(Flows.Key(1)).ShouldBe(moved);

        Apply(Upsert(Flows.Connection(1)), Upsert(Flows.Connection(1)) with { Helped = HelperState.Ftp });
        Operations().ShouldBe([(KernelAction.Replace, 1), (KernelAction.Replace, 1)]);
        Apply(Delete(1));
        table.Helped(Flows.Key(1)).ShouldBeNull();
    }

    [Fact]
    public void Ghosts_are_deleted_a_limited_number_at_a_time()
    {
        for (var i = 0; i < 10; i++) table.Seed(Flows.Connection(i));
        Apply(Begin(), End(0)).ShouldBeTrue();
        table.Sweep(work, 4).ShouldBeFalse();
        work.Operations.Count.ShouldBe(4);
        table.Sweep(work, 100).ShouldBeTrue();
        work.Operations.Count.ShouldBe(10);
        table.Count.ShouldBe(0);
    }

    [Fact]
    public void A_new_snapshot_stops_the_sweep_of_the_last()
    {
        table.Seed(Flows.Connection(1));
        Apply(Begin(), End(0), Begin());
        table.MustSweep.ShouldBeFalse();
        table.Count.ShouldBe(1);
    }

    [Fact]
    public void A_count_that_differs_makes_no_complete_copy()
    {
        Apply(Begin(), Upsert(Flows.Connection(1)), End(2)).ShouldBeFalse();
        table.Sweep(work, 100).ShouldBeFalse();
        table.IsComplete.ShouldBeFalse();
    }

    [Fact]
    public void A_connection_beyond_the_room_is_retracted()
    {
        Apply(Begin());
        for (var i = 0; i < 5; i++) Apply(Upsert(Flows.Connection(i)));
        work.Retractions.ShouldBe([new Retraction(Flows.Key(4), sequence, RetractionReason.MirrorTableFull)]);
        Apply(End(5)).ShouldBeTrue("what was refused was told");
    }

    [Fact]
    public void What_failed_is_retracted_once_and_replaced_when_it_comes_again()
    {
        Apply(Begin(), Upsert(Flows.Connection(1)), End(1));
        var create = work.Operations.ShouldHaveSingleItem();
        Operations();
        table.Failed(create, RetractionReason.TupleTaken, out var retraction).ShouldBeTrue();
        retraction.ShouldBe(new Retraction(Flows.Key(1), 2, RetractionReason.TupleTaken));
        table.Failed(create, RetractionReason.TupleTaken, out _).ShouldBeFalse();
        table.InKernel().ShouldBeEmpty();
        Apply(Upsert(Flows.Connection(1)));
        Operations().ShouldBe([(KernelAction.Replace, 1)]);
        ConnectionTable.FromMirror(table, 10).Counts.Owned.ShouldBe(1);
    }

    [Fact]
    public void When_a_flow_comes_twice_in_a_batch_its_last_operation_decides()
    {
        Apply(Begin(), Upsert(Flows.Connection(1)), Delete(1), Upsert(Flows.Connection(1, member: 2)));
        table.Failed(work.Operations[0], RetractionReason.TupleTaken, out _).ShouldBeFalse();
        table.InKernel().ShouldBe([(Flows.Connection(1, member: 2), null)]);
        table.Vanished(Flows.Key(1), out var retraction).ShouldBeTrue();
        retraction.Sequence.ShouldBe(sequence);
    }

    private bool Apply(params ReadOnlySpan<MirrorChange> changes) => table.Apply(changes, work);

    private List<(KernelAction, int)> Operations()
    {
        var operations = work.Operations.Select(o => (o.Action, o.Record.Original.Source.Port - 10_000)).ToList();
        work.Clear();
        return operations;
    }

    private MirrorChange Begin() => MirrorChange.SnapshotBegin(++sequence, 0);

    private MirrorChange End(int count) => MirrorChange.SnapshotEnd(++sequence, count);

    private MirrorChange Upsert(ConnectionRecord record) => MirrorChange.Upsert(++sequence, record);

    private MirrorChange Delete(int number) => MirrorChange.Delete(++sequence, Flows.Key(number));
}
