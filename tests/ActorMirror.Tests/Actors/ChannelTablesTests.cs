using ActorMirror.Actors.Groups;
using ActorMirror.Actors.Runtime;
using ActorMirror.Actors.Tables;
using ActorMirror.Domain.Connections;
using ActorMirror.Domain.Devices;
using ActorMirror.Domain.MirrorProtocol;
using ActorMirror.Domain.TrafficGroups;
using ActorMirror.Tests.Support;

namespace ActorMirror.Tests.Actors;

/// <summary>Three channels of a traffic group are one to the others.</summary>
public sealed class ChannelTablesTests
{
    private static readonly Epoch s_epoch = new(3, 1);
    private static readonly DeviceId s_peer = new(2);
    private readonly Table[] _each = [new(), new(), new()];
    private readonly ChannelTables _all;

    public ChannelTablesTests() => _all = new ChannelTables([.. _each]);

    [Fact]
    public void Each_is_told_the_role_with_its_own_port()
    {
        _all.Tell(new TableMessage.Role(new TableRole.Active(s_epoch, new MirrorPeer(s_peer, 1040)))).ShouldBeTrue();
        _each.Select(t => ((TableRole.Active)t.Take<TableMessage.Role>().Wanted).Peer!.Value.Port).ShouldBe([1040, 1041, 1042]);
        _all.Tell(new TableMessage.Role(new TableRole.Mirror(s_epoch, s_peer, 1040))).ShouldBeTrue();
        _each.Select(t => ((TableRole.Mirror)t.Take<TableMessage.Role>().Wanted).Port).ShouldBe([1040, 1041, 1042]);
        _all.Tell(new TableMessage.Role(new TableRole.Cold(Forget: true))).ShouldBeTrue();
        _each.Select(t => t.Take<TableMessage.Role>().Wanted).ShouldBe(Enumerable.Repeat(new TableRole.Cold(Forget: true), 3));
    }

    [Theory]
    [InlineData(true, true, true, true)]
    [InlineData(true, false, true, false)]
    public void A_flush_is_done_when_each_is(bool first, bool second, bool third, bool expected)
    {
        (long Sequence, bool Applied)? done = null;
        _all.TellData(new TableMessage.Flush((sequence, applied) => done = (sequence, applied))).ShouldBeTrue();
        var flushes = _each.Select(t => t.Take<TableMessage.Flush>()).ToList();
        flushes[2].Done(100, third);
        flushes[0].Done(20, first);
        done.ShouldBeNull();
        flushes[1].Done(3, second);
        done.ShouldBe((123, expected));
    }

    [Fact]
    public void A_table_that_cannot_be_told_fails_the_whole()
    {
        _each[1].IsFull = true;
        _all.TellData(new TableMessage.Flush((_, _) => throw new InvalidOperationException("it is not done"))).ShouldBeFalse();
    }

    [Fact]
    public void A_resync_answers_with_the_first_reason_against_it()
    {
        var answers = new List<string?>();
        _all.TellData(new TableMessage.Resync(answers.Add));
        foreach (var (table, answer) in _each.Zip((string?[])[null, "no mirror", null])) table.Take<TableMessage.Resync>().Done(answer);
        _all.TellData(new TableMessage.Resync(answers.Add));
        foreach (var table in _each) table.Take<TableMessage.Resync>().Done(null);
        answers.ShouldBe(["no mirror", null]);
    }

    [Fact]
    public void One_connection_is_asked_of_the_table_that_has_it()
    {
        for (var i = 0; i < 20; i++)
        {
            var key = Flows.Key(i);
            _all.Tell(new TableMessage.Find(key, _ => { }));
            _each[ChannelShare.NumberOf(key, 3) - 1].Take<TableMessage.Find>().Key.ShouldBe(key);
        }

        _each.ShouldAllBe(t => t.IsEmpty);
    }

    [Fact]
    public void Lost_events_concern_each()
    {
        _all.Tell(new TableMessage.EventsLost());
        foreach (var table in _each) table.Take<TableMessage.EventsLost>();
    }

    [Fact]
    public void A_list_goes_through_the_tables_one_after_the_other_and_counts_all_of_them()
    {
        const long UnmirroredOfATable = 1L << 32;
        var seen = new List<int>();
        long? cursor = 0;
        var totals = new HashSet<int>();
        while (cursor is { } at)
        {
            TablePage? page = null;
            _all.Tell(new TableMessage.List(at, 10, null, p => page = p)).ShouldBeTrue();
            for (var i = 0; i < 3; i++)
            {
                // Each table has two pieces.
                var asked = _each[i].Take<TableMessage.List>();
                if (asked.Limit > 0) seen.Add(i * 10 + (asked.Cursor == 0 ? 1 : 2));
                asked.Done(new TablePage([], asked.Cursor == 0 ? UnmirroredOfATable + 5 : null, 7));
                if (asked.Limit > 0 && seen[^1] % 10 == 2) asked.Cursor.ShouldBe(UnmirroredOfATable + 5);
            }

            totals.Add(page.ShouldNotBeNull().Total);
            cursor = page.Next;
        }

        seen.ShouldBe([1, 2, 11, 12, 21, 22]);
        totals.ShouldBe([21]);
    }

    [Fact]
    public void The_copy_is_complete_when_each_is_of_the_same_ownership()
    {
        var told = new List<bool>();
        var copy = new GroupCopy(2, changed => told.Add(changed.Complete));
        var (first, second) = (copy.Channel(1), copy.Channel(2));
        first.CopyChanged(s_epoch, s_peer, complete: true, 1);
        second.CopyChanged(s_epoch, s_peer, complete: true, 2);
        first.CopyChanged(s_epoch, s_peer, complete: false, 1);
        first.CopyChanged(s_epoch, s_peer, complete: true, 1);
        var next = new Epoch(3, 2);
        first.CopyChanged(next, s_peer, complete: true, 3);
        second.CopyChanged(next, new DeviceId(3), complete: true, 4);
        second.CopyChanged(next, s_peer, complete: true, 5);
        told.ShouldBe([false, true, false, true, false, false, true]);
    }

    [Fact]
    public void What_is_inherited_is_known_only_when_it_is_known_of_each()
    {
        var account = new ActiveAccount(10, 8, ExposureCounts.None.With(Exposure.MirroringOff, 2));
        var known = new Inheritance(new OpenCounts(9, 8), new LastWord(account, TimeSpan.FromMilliseconds(5), HeardAt: 100), WasActive: false);
        var later = known with { Word = known.Word! with { OldestAge = TimeSpan.Zero, HeardAt = 200 } };
        (known + later).ShouldBe(new Inheritance(
            new OpenCounts(18, 16),
            new LastWord(new ActiveAccount(20, 16, ExposureCounts.None.With(Exposure.MirroringOff, 4)), TimeSpan.FromMilliseconds(5), HeardAt: 100),
            WasActive: false));
        (known + (later with { Word = null })).Word.ShouldBeNull();
    }

    private sealed class Table : IActorRef<TableMessage>
    {
        private readonly Queue<TableMessage> _told = [];

        public bool IsFull { get; set; }

        public bool IsEmpty => _told.Count == 0;

        public bool Tell(TableMessage message)
        {
            if (!IsFull) _told.Enqueue(message);
            return !IsFull;
        }

        public bool TellData(TableMessage message) => Tell(message);

        public T Take<T>()
            where T : TableMessage => _told.Dequeue().ShouldBeOfType<T>();
    }
}
