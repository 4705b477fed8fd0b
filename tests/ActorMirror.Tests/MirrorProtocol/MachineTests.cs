using ActorMirror.Domain.MirrorProtocol;
using static ActorMirror.Domain.MirrorProtocol.LinkState;

namespace ActorMirror.Tests.MirrorProtocol;

/// <summary>Every pair of state and event, one table each: what is not written here cannot happen.</summary>
public sealed class MachineTests
{
    public static TheoryData<LinkState, LinkEvent, LinkState> Links() => new()
    {
        { Disconnected, LinkEvent.Dialled, Connecting },
        { Disconnected, LinkEvent.Connected, Greeting },
        { Disconnected, LinkEvent.Accepted, Disconnected },
        { Disconnected, LinkEvent.Refused, Disconnected },
        { Disconnected, LinkEvent.Lost, Disconnected },
        { Connecting, LinkEvent.Dialled, Connecting },
        { Connecting, LinkEvent.Connected, Greeting },
        { Connecting, LinkEvent.Accepted, Connecting },
        { Connecting, LinkEvent.Refused, Refused },
        { Connecting, LinkEvent.Lost, Disconnected },
        { Greeting, LinkEvent.Dialled, Greeting },
        { Greeting, LinkEvent.Connected, Greeting },
        { Greeting, LinkEvent.Accepted, Established },
        { Greeting, LinkEvent.Refused, Refused },
        { Greeting, LinkEvent.Lost, Disconnected },
        { Refused, LinkEvent.Dialled, Connecting },
        { Refused, LinkEvent.Connected, Greeting },
        { Refused, LinkEvent.Accepted, Refused },
        { Refused, LinkEvent.Refused, Refused },
        { Refused, LinkEvent.Lost, Refused },
        { Established, LinkEvent.Dialled, Established },
        { Established, LinkEvent.Connected, Established },
        { Established, LinkEvent.Accepted, Established },
        { Established, LinkEvent.Refused, Established },
        { Established, LinkEvent.Lost, Disconnected },
    };

    public static TheoryData<CopyState, CopyEvent, CopyState> Copies() => new()
    {
        { CopyState.Desynced, CopyEvent.Lost, CopyState.Desynced },
        { CopyState.Desynced, CopyEvent.Overflowed, CopyState.Desynced },
        { CopyState.Desynced, CopyEvent.SnapshotBegun, CopyState.Resyncing },
        { CopyState.Desynced, CopyEvent.SnapshotApplied, CopyState.Desynced },
        { CopyState.Resyncing, CopyEvent.Lost, CopyState.Desynced },
        { CopyState.Resyncing, CopyEvent.Overflowed, CopyState.Desynced },
        { CopyState.Resyncing, CopyEvent.SnapshotBegun, CopyState.Resyncing },
        { CopyState.Resyncing, CopyEvent.SnapshotApplied, CopyState.InSync },
        { CopyState.InSync, CopyEvent.Lost, CopyState.Desynced },
        { CopyState.InSync, CopyEvent.Overflowed, CopyState.Desynced },
        { CopyState.InSync, CopyEvent.SnapshotBegun, CopyState.Resyncing },
        { CopyState.InSync, CopyEvent.SnapshotApplied, CopyState.InSync },
    };

    [Theory]
    [MemberData(nameof(Links))]
    public void The_link_moves_as_its_picture_says(LinkState state, LinkEvent happened, LinkState next) =>
        LinkMachine.Next(state, happened).ShouldBe(next);

    [Theory]
    [MemberData(nameof(Copies))]
    public void The_copy_moves_as_its_picture_says(CopyState state, CopyEvent happened, CopyState next) =>
        CopyMachine.Next(state, happened).ShouldBe(next);

    [Fact]
    public void The_tables_have_every_pair()
    {
        Links().Count.ShouldBe(Enum.GetValues<LinkState>().Length * Enum.GetValues<LinkEvent>().Length);
        Copies().Count.ShouldBe(Enum.GetValues<CopyState>().Length * Enum.GetValues<CopyEvent>().Length);
    }

    [Fact]
    public void Every_pair_of_link_and_copy_is_a_state_an_operator_is_shown()
    {
        foreach (var link in Enum.GetValues<LinkState>())
        {
            foreach (var copy in Enum.GetValues<CopyState>())
                MirrorChannelStates.Of(link, copy).ToString().ShouldBe(link == Established ? copy.ToString() : link.ToString());
        }
    }
}
