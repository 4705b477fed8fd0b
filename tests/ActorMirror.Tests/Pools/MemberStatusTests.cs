using ActorMirror.Domain.Pools;
using Monitor = ActorMirror.Domain.Pools.Monitor;

namespace ActorMirror.Tests.Pools;

public sealed class MemberStatusTests
{
    private static readonly DateTimeOffset Start = DateTimeOffset.UnixEpoch;
    private static readonly Monitor Monitor = new("tcp", MonitorType.Tcp, TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(16));

    [Theory]
    [InlineData(MemberState.Unchecked, true, 1, MemberState.Up)]
    [InlineData(MemberState.Unchecked, false, 1, MemberState.Unchecked)]
    [InlineData(MemberState.Unchecked, false, 16, MemberState.Down)]
    [InlineData(MemberState.Unchecked, true, 16, MemberState.Up)]
    [InlineData(MemberState.Up, true, 1, MemberState.Up)]
    [InlineData(MemberState.Up, false, 15, MemberState.Up)]
    [InlineData(MemberState.Up, false, 16, MemberState.Down)]
    [InlineData(MemberState.Up, true, 20, MemberState.Up)]
    [InlineData(MemberState.Down, true, 1, MemberState.Up)]
    [InlineData(MemberState.Down, false, 1, MemberState.Down)]
    [InlineData(MemberState.Down, false, 99, MemberState.Down)]
    public void Every_state_and_probe_has_its_outcome(MemberState before, bool success, int seconds, MemberState after)
    {
        var status = new MemberStatus(before, Start, Start).Probed(success, Monitor, Start.AddSeconds(seconds));
        status.State.ShouldBe(after);
        status.Since.ShouldBe(before == after ? Start : Start.AddSeconds(seconds));
    }

    [Fact]
    public void An_unchecked_member_takes_connections() => MemberStatus.Added(Start).TakesConnections.ShouldBeTrue();
}
