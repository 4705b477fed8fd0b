using ActorMirror.Benchmarks.Measures;
using ActorMirror.Kernel.Conntrack;
using Table = System.Collections.Generic.Dictionary<ActorMirror.Kernel.Conntrack.ConntrackTuple, ActorMirror.Benchmarks.Measures.Likeness>;

namespace ActorMirror.Tests.Benchmarks;

public sealed class TableComparisonTests
{
    [Fact]
    public void What_was_there_all_the_time_must_be_on_the_mirror()
    {
        TableComparison.Of(Of(1, 2), Of(1, 2), Of(1, 2)).ShouldBe(new TableComparison(0, 0, 0, 2));
        TableComparison.Of(Of(1, 2), Of(1), Of(1, 2)).ShouldBe(new TableComparison(Missing: 1, 0, 0, 2));
    }

    [Fact]
    public void What_came_or_went_meanwhile_may_be_there_or_not()
    {
        TableComparison.Of(Of(1, 2), Of(1), Of(1)).IsEqual.ShouldBeTrue("2 went");
        TableComparison.Of(Of(1, 2), Of(1, 2), Of(1)).IsEqual.ShouldBeTrue("2 went a moment later");
        TableComparison.Of(Of(1), Of(1, 2), Of(1, 2)).IsEqual.ShouldBeTrue("2 came");
        TableComparison.Of(Of(1), Of(1), Of(1, 2)).IsEqual.ShouldBeTrue("2 came a moment later");
    }

    [Fact]
    public void What_is_on_the_mirror_alone_is_a_ghost() =>
        TableComparison.Of(Of(1), Of(1, 3), Of(1)).ShouldBe(new TableComparison(0, 0, Ghosts: 1, 1));

    [Fact]
    public void Both_must_be_alike_but_for_what_follows_later()
    {
        var entry = Entry(1);
        var mirror = new Table { [entry.Original] = Likeness.Of(entry with { Mark = entry.Mark | 1, Tcp = entry.Tcp with { FlagsReply = entry.Tcp.FlagsReply | TcpFlags.BeLiberal } }) };
        TableComparison.Of(Of(1), mirror, Of(1)).IsEqual.ShouldBeTrue();

        foreach (var other in (ConntrackEntry[])
        [
            entry with { Mark = entry.Mark ^ 2 },
            entry with { Reply = entry.Reply with { Source = 7 } },
            entry with { Status = ConntrackStatus.Assured },
            entry with { Tcp = entry.Tcp with { WindowScaleReply = 1 } },
            entry with { Tcp = entry.Tcp with { FlagsOriginal = TcpFlags.None } },
        ])
            TableComparison.Of(Of(1), new Table { [entry.Original] = Likeness.Of(other) }, Of(1)).ShouldBe(new TableComparison(0, Wrong: 1, 0, 1), $"{other}");
    }

    private static Table Of(params ushort[] ports) => ports.Select(p => Entry(p)).ToDictionary(e => e.Original, e => Likeness.Of(e));

    private static ConntrackEntry Entry(ushort port) => new()
    {
        Original = new ConntrackTuple(ConntrackTuple.Tcp, 1, port, 2, 80),
        Reply = new ConntrackTuple(ConntrackTuple.Tcp, 3, 8080, 1, port),
        Status = ConntrackStatus.Assured | ConntrackStatus.DstNat,
        Mark = 0xA0401002,
        Tcp = new ConntrackTcp(TcpState.Established, 7, 9, TcpFlags.SackPerm, TcpFlags.SackPerm),
    };
}
