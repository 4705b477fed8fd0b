using ActorMirror.DataPlane.Flows;
using ActorMirror.Domain.Connections;
using ActorMirror.Kernel.Conntrack;

namespace ActorMirror.Tests.DataPlane;

/// <summary>What an event of the kernel says of a connection.</summary>
public sealed class FlowKindTests
{
    private const uint Mark = 0xA040_1002;

    [Theory]
    [InlineData(ConntrackEventKind.New, TcpState.Established, Mark, 300u, FlowEventKind.Seen)]
    [InlineData(ConntrackEventKind.Update, TcpState.FinWait, Mark | 1, 120u, FlowEventKind.Seen)]
    [InlineData(ConntrackEventKind.Destroy, TcpState.Established, Mark, 0u, FlowEventKind.Gone)] // idle for too long
    [InlineData(ConntrackEventKind.Destroy, TcpState.Established, Mark, 120u, FlowEventKind.Removed)]
    [InlineData(ConntrackEventKind.Destroy, TcpState.None, Mark, 20u, FlowEventKind.Removed)] // UDP
    [InlineData(ConntrackEventKind.Destroy, TcpState.TimeWait, Mark | 1, 60u, FlowEventKind.Gone)] // made room for the next on its tuple
    [InlineData(ConntrackEventKind.Destroy, TcpState.Close, Mark, 9u, FlowEventKind.Gone)]
    [InlineData(ConntrackEventKind.Destroy, TcpState.Established, Mark | 1, 9u, FlowEventKind.Gone)]
    public void An_entry_that_had_time_left_and_was_not_closing_was_removed(ConntrackEventKind kind, TcpState state, uint mark, uint left, FlowEventKind expected)
    {
        var entry = new ConntrackEntry { Mark = mark, TimeoutSeconds = left, Tcp = new ConntrackTcp(state, 0, 0, TcpFlags.None, TcpFlags.None) };
        var record = new ConnectionRecord { Mark = new FlowMark(mark), State = (ConnectionState)state };
        FlowConversion.ToKind(new ConntrackEvent(kind, entry), record).ShouldBe(expected);
    }
}
