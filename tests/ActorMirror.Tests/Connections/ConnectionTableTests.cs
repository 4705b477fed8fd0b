using ActorMirror.Domain.Connections;
using ActorMirror.Domain.MirrorProtocol;
using ActorMirror.Tests.Support;

namespace ActorMirror.Tests.Connections;

public sealed class ConnectionTableTests
{
    private readonly ConnectionTable table = new(100);
    private readonly MirrorChange[] chunk = new MirrorChange[8];

    [Fact]
    public void Without_a_stream_changes_are_kept_and_not_sent()
    {
        table.TryUpsert(Flows.Connection(1), out _).ShouldBeFalse();
        table.Counts.ShouldBe(new ConnectionCounts(1, 1, 0, 0, 0, 0, 0));
    }

    [Fact]
    public void An_acknowledgement_protects_what_it_covers_and_a_later_change_waits_for_its_own()
    {
        table.BeginSnapshot(sameCopy: false, 100);
        var first = Upsert(1);
        var second = Upsert(2);
        table.Acknowledge(first);
        Protection(1).ShouldBe(Domain.Connections.Protection.Protected);
        Protection(2).ShouldBe(Domain.Connections.Protection.Pending);
        Upsert(1, ConnectionState.FinWait);
        table.Acknowledge(second);
        Protection(1).ShouldBe(Domain.Connections.Protection.Pending);
        Protection(2).ShouldBe(Domain.Connections.Protection.Protected);
    }

    [Fact]
    public void A_change_that_changes_nothing_is_not_sent()
    {
        table.BeginSnapshot(sameCopy: false, 100);
        Upsert(1);
        table.TryUpsert(Flows.Connection(1), out _).ShouldBeFalse();
        table.TryDelete(Flows.Key(2), out _).ShouldBeFalse();
    }

    [Fact]
    public void What_waits_for_its_age_is_mirrored_then_and_what_waits_for_bytes_when_they_came()
    {
        var (short_, long_) = (TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(30));
        table.BeginSnapshot(sameCopy: false, 100);
        table.NextChunk(chunk, out _);
        table.TryUpsert(Flows.Connection(1), long_, out _).ShouldBeFalse();
        table.TryUpsert(Flows.Connection(2), TimeSpan.MaxValue, out _).ShouldBeFalse();
        table.Now = TimeSpan.FromSeconds(1);
        table.TryUpsert(Flows.Connection(3), short_, out _).ShouldBeFalse();
        table.TryUpsert(Flows.Connection(4), short_, out _).ShouldBeFalse();
        table.TryUpsert(Flows.Connection(4, ConnectionState.FinWait), short_, out _).ShouldBeFalse();
        table.Exposed.Counts.ShouldBe(ExposureCounts.None.With(Exposure.ByChoice, 3), "a closing one is not open");
        Ripened().ShouldBeEmpty();

        table.Now = TimeSpan.FromSeconds(3);
        Ripened().ShouldBe([Flows.Key(3)], "the closing one is not worth it any more");
        table.TryUpsert(Flows.Connection(2), null, out var change).ShouldBeTrue("it became large");
        change.Key.ShouldBe(Flows.Key(2));
        table.TryDelete(Flows.Key(1), out _).ShouldBeFalse("the mirror never heard of it");
        table.Now = TimeSpan.FromMinutes(1);
        Ripened().ShouldBeEmpty();
        table.Acknowledge(table.LastSequence);
        table.Counts.ShouldBe(new ConnectionCounts(3, 0, 0, 2, 0, 0, 0, Deferred: 1));
    }

    [Fact]
    public void What_waits_is_in_no_snapshot_and_waits_on_with_another_mirror()
    {
        table.TryUpsert(Flows.Connection(1), TimeSpan.FromSeconds(5), out _);
        table.TryUpsert(Flows.Connection(2), out _);
        table.ForgetCopy();
        table.BeginSnapshot(sameCopy: false, 100);
        var written = table.NextChunk(chunk, out _);
        chunk[..written].Select(c => (c.Kind, c.Key, c.Count)).ShouldBe([(MirrorChangeKind.Upsert, Flows.Key(2), 0), (MirrorChangeKind.SnapshotEnd, default, 1)]);
        table.Now = TimeSpan.FromSeconds(5);
        Ripened().ShouldBe([Flows.Key(1)]);
    }

    [Fact]
    public void Many_become_old_in_steps_and_without_a_mirror_too()
    {
        for (var i = 0; i < 20; i++) table.TryUpsert(Flows.Connection(i), TimeSpan.FromSeconds(1), out _);
        table.Now = TimeSpan.FromSeconds(1);
        table.Ripen(chunk, out var isMore).ShouldBe(0, "no stream is open");
        isMore.ShouldBeTrue();
        table.Counts.Unsent.ShouldBe(chunk.Length);
        table.BeginSnapshot(sameCopy: false, 15);
        table.NextChunk(chunk, out _).ShouldBe(8);
        Ripened().Count.ShouldBe(7, "the mirror has no room for more");
        table.Counts.ShouldBe(new ConnectionCounts(20, 0, 15, 0, 0, 5, 0));
    }

    private List<FlowKey> Ripened()
    {
        var ripe = new List<FlowKey>();
        for (var isMore = true; isMore;)
        {
            var written = table.Ripen(chunk, out isMore);
            ripe.AddRange(chunk.Take(written).Select(c => c.Key));
        }

        return ripe;
    }

    [Fact]
    public void A_retraction_is_about_the_change_it_names_and_no_later_one()
    {
        table.BeginSnapshot(sameCopy: false, 100);
        var sequence = Upsert(1);
        var later = Upsert(1, ConnectionState.FinWait);
        table.Retract(new Retraction(Flows.Key(1), sequence, RetractionReason.Vanished)).ShouldBeFalse();
        table.Acknowledge(later);
        table.Retract(new Retraction(Flows.Key(1), later, RetractionReason.Vanished)).ShouldBeTrue();
        table.Acknowledge(later);
        Protection(1).ShouldBe(Domain.Connections.Protection.Retracted);
        table.Reoffer(chunk, refused: false).ShouldBe(0, "the snapshot is not at its end");
        table.NextChunk(chunk, out _).ShouldBe(1);
        table.Reoffer(chunk, refused: false).ShouldBe(1);
        table.Acknowledge(chunk[0].Sequence);
        Protection(1).ShouldBe(Domain.Connections.Protection.Protected);
        table.Reoffer(chunk, refused: false).ShouldBe(0);
    }

    [Fact]
    public void A_snapshot_survives_changes_between_its_chunks_and_names_each_connection_once()
    {
        for (var i = 0; i < 50; i++) table.TryUpsert(Flows.Connection(i), out _);
        var copy = new Dictionary<FlowKey, ConnectionRecord>();
        var named = new HashSet<(FlowKey, long)>();
        table.BeginSnapshot(sameCopy: false, 100).Kind.ShouldBe(MirrorChangeKind.SnapshotBegin);
        var (done, round, count) = (false, 0, 0);
        while (!done)
        {
            var written = table.NextChunk(chunk, out done);
            Take(chunk.AsSpan(0, written));
            count = chunk[written - 1].Count;
            if (done) break;
            if (table.TryDelete(Flows.Key(round), out var change)) Take([change]);
            if (table.TryUpsert(Flows.Connection(60 + round), out change)) Take([change]);
            if (table.TryUpsert(Flows.Connection(49 - round, ConnectionState.Close), out change)) Take([change]);
            round++;
        }

        copy.Values.ShouldBe(Records(), ignoreOrder: true);
        count.ShouldBe(copy.Count);
        table.Counts.Unsent.ShouldBe(0);

        void Take(ReadOnlySpan<MirrorChange> changes)
        {
            foreach (var change in changes)
            {
                named.Add((change.Key, change.Sequence)).ShouldBeTrue();
                if (change.Kind == MirrorChangeKind.Upsert) copy[change.Key] = change.Record;
                if (change.Kind == MirrorChangeKind.Delete) copy.Remove(change.Key);
            }
        }
    }

    [Fact]
    public void A_resync_to_the_same_copy_keeps_what_was_acknowledged_and_another_mirror_keeps_nothing()
    {
        table.BeginSnapshot(sameCopy: false, 100);
        table.Acknowledge(Upsert(1));
        Upsert(2);
        table.BeginSnapshot(sameCopy: true, 100);
        Protection(1).ShouldBe(Domain.Connections.Protection.Protected);
        Protection(2).ShouldBe(Domain.Connections.Protection.Unsent);
        table.BeginSnapshot(sameCopy: false, 100);
        table.Counts.Protected.ShouldBe(0);
    }

    [Fact]
    public void A_full_table_takes_no_more_and_counts_what_it_left_out()
    {
        for (var i = 0; i < 103; i++) table.TryUpsert(Flows.Connection(i), out _);
        table.Counts.Owned.ShouldBe(100);
        table.Counts.Refused.ShouldBe(3);
        table.TryDelete(Flows.Key(0), out _);
        table.TryUpsert(Flows.Connection(100), out _);
        table.Counts.Owned.ShouldBe(100);
    }

    [Fact]
    public void A_mirror_with_less_room_gets_no_more_than_fits_and_the_rest_is_shown()
    {
        for (var i = 0; i < 10; i++) table.TryUpsert(Flows.Connection(i), out _);
        table.BeginSnapshot(sameCopy: false, 6);
        var (total, done) = (0, false);
        while (!done) total += table.NextChunk(chunk, out done);
        total.ShouldBe(7, "six connections and the end");
        table.Counts.Unmirrored.ShouldBe(4);
        var left = Enumerable.Range(0, 10).First(i => Protection(i) == Domain.Connections.Protection.Unmirrored);
        table.TryDelete(Flows.Key(left), out _).ShouldBeFalse("the mirror never heard of it");
        table.TryUpsert(Flows.Connection(20), out _).ShouldBeFalse();
        var there = Enumerable.Range(0, 10).First(i => i != left && Protection(i) != Domain.Connections.Protection.Unmirrored);
        table.TryDelete(Flows.Key(there), out _).ShouldBeTrue();
        table.TryUpsert(Flows.Connection(21), out _).ShouldBeTrue();
    }

    [Fact]
    public void What_vanished_is_offered_before_what_was_refused_and_each_is_counted_by_its_reason()
    {
        Snapshot(100);
        Retract(1, RetractionReason.Vanished);
        Retract(2, RetractionReason.KernelTableFull);
        Retract(3, RetractionReason.KernelTableFull);
        table.Retracted.Of(RetractionReason.KernelTableFull).ShouldBe(2);
        table.Reoffer(chunk, refused: false).ShouldBe(1);
        chunk[0].Key.ShouldBe(Flows.Key(1));
        table.Reoffer(chunk, refused: false).ShouldBe(0);
        table.Retracted.Of(RetractionReason.Vanished).ShouldBe(0);
        table.TryDelete(Flows.Key(3), out _).ShouldBeTrue();
        table.Reoffer(chunk, refused: true).ShouldBe(1);
        chunk[0].Key.ShouldBe(Flows.Key(2));
        table.Retracted.Of(RetractionReason.KernelTableFull).ShouldBe(0);
    }

    [Fact]
    public void What_was_left_out_comes_in_when_the_mirror_has_room()
    {
        for (var i = 0; i < 6; i++) table.TryUpsert(Flows.Connection(i), out _);
        Snapshot(4);
        table.Counts.Unmirrored.ShouldBe(2);
        table.Reoffer(chunk, refused: true).ShouldBe(0, "it is full");
        table.RoomChanged(5);
        table.Reoffer(chunk, refused: false).ShouldBe(0, "not before the next round");
        table.Reoffer(chunk, refused: true).ShouldBe(1);
        table.RoomChanged(3);
        table.Counts.Unmirrored.ShouldBe(1, "what the mirror has stays");
        Retract(Enumerable.Range(0, 6).First(i => Protection(i) != Domain.Connections.Protection.Unmirrored), RetractionReason.KernelTableFull);
        table.Reoffer(chunk, refused: true).ShouldBe(0, "the round was not over");
        table.Reoffer(chunk, refused: true).ShouldBe(1, "the mirror knows it: its end must be told");
    }

    [Fact]
    public void Changing_a_table_of_its_size_allocates_nothing()
    {
        table.BeginSnapshot(sameCopy: false, 100);
        Round();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++) Round();
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(27_000, "not one byte for each change; the runtime's own are counted too");

        void Round()
        {
            for (var i = 0; i < 90; i++) table.TryUpsert(Flows.Connection(i), out _);
            table.Acknowledge(table.LastSequence);
            for (var i = 0; i < 90; i++) table.TryUpsert(Flows.Connection(i, ConnectionState.TimeWait), out _);
            for (var i = 0; i < 90; i++) table.TryDelete(Flows.Key(i), out _);
        }
    }

    [Fact]
    public void What_a_helper_did_is_a_change_that_the_mirror_must_acknowledge_and_goes_on_with_a_new_active()
    {
        table.BeginSnapshot(sameCopy: false, 10);
        table.TryUpsert(Flows.Connection(1), null, out var change, HelperState.Ftp).ShouldBeTrue();
        change.Helped.ShouldBe(HelperState.Ftp);
        table.Acknowledge(change.Sequence);
        table.TryUpsert(Flows.Connection(1), null, out _, HelperState.Ftp with { }).ShouldBeFalse("it is as it was");

        var moved = HelperState.Ftp with { Reply = new(1000, 0, 3) };
        table.TryUpsert(Flows.Connection(1), null, out change, moved).ShouldBeTrue();
        Protection(1).ShouldBe(Domain.Connections.Protection.Pending);
        table.TryUpsert(Flows.Connection(1, ConnectionState.FinWait), out var closing).ShouldBeTrue();
        (change.Helped, closing.Helped).ShouldBe((moved, moved));
        table.TryGet(Flows.Key(1), out var view).ShouldBeTrue();
        view.Helped.ShouldBe(moved);

        var mirror = new MirrorTable(10);
        mirror.Apply([closing], new MirrorWork());
        ConnectionTable.FromMirror(mirror, 10).TryGet(Flows.Key(1), out view).ShouldBeTrue();
        view.Helped.ShouldBe(moved);
        MirrorTable.FromActive(table, 10).Helped(Flows.Key(1)).ShouldBe(moved);
    }

    private void Snapshot(int room)
    {
        table.BeginSnapshot(sameCopy: false, room);
        for (var done = false; !done;) table.NextChunk(chunk, out done);
    }

    private void Retract(int number, RetractionReason reason)
    {
        table.TryUpsert(Flows.Connection(number), out _);
        table.TryGet(Flows.Key(number), out var view).ShouldBeTrue();
        table.Retract(new Retraction(Flows.Key(number), view.Sequence, reason)).ShouldBeTrue();
    }

    private long Upsert(int number, ConnectionState state = ConnectionState.Established)
    {
        table.TryUpsert(Flows.Connection(number, state), out var change).ShouldBeTrue();
        return change.Sequence;
    }

    private Protection Protection(int number) => table.TryGet(Flows.Key(number), out var view) ? view.Protection : throw new KeyNotFoundException();

    private List<ConnectionRecord> Records()
    {
        var views = new ConnectionView[7];
        var (cursor, records) = (0, new List<ConnectionRecord>());
        while (table.Read(ref cursor, views) is > 0 and var read) records.AddRange(views.Take(read).Select(v => v.Record));
        return records;
    }
}
