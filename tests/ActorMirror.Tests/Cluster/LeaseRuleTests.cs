using ActorMirror.Domain.Cluster;

namespace ActorMirror.Tests.Cluster;

public sealed class LeaseRuleTests
{
    private const long Ms = 1_000_000;
    private static readonly LeaseRule s_rule = new(600 * Ms);

    /// <summary>Entered at 1000 ms, lease until 2000 ms, last tick at 1500 ms.</summary>
    private static readonly Lease s_lease = new(1000 * Ms, 2000 * Ms, 1500 * Ms);

    [Theory]
    [InlineData(1520, 1500, true, LeaseVerdict.Renewed)]
    [InlineData(1520, 1500, false, LeaseVerdict.Ignored)] // not quorate
    [InlineData(1520, 1400, true, LeaseVerdict.Ignored)] // not newer than what came back before
    [InlineData(1520, 1521, true, LeaseVerdict.Ignored)] // from the future
    [InlineData(1650, 1640, true, LeaseVerdict.Renewed)] // a tick exactly 150 ms late
    [InlineData(1651, 1640, true, LeaseVerdict.Lost)] // stood still
    [InlineData(2000, 1990, true, LeaseVerdict.Lost)] // over, to the nanosecond
    public void A_heartbeat_that_came_back(long now, long sentAt, bool valid, LeaseVerdict verdict)
    {
        var decision = s_rule.Renew(s_lease, now * Ms, sentAt * Ms, valid);
        decision.Verdict.ShouldBe(verdict);
        decision.Lease.Until.ShouldBe(verdict == LeaseVerdict.Renewed ? (sentAt + 600) * Ms : s_lease.Until);
        (decision.Reason is null).ShouldBe(verdict == LeaseVerdict.Renewed);
    }

    [Fact]
    public void The_first_lease_needs_a_heartbeat_sent_after_the_entry()
    {
        var entered = Lease.Enter(1000 * Ms);
        entered.IsHeld(1000 * Ms).ShouldBeFalse();
        s_rule.Renew(entered, 1010 * Ms, 999 * Ms, valid: true).Verdict.ShouldBe(LeaseVerdict.Ignored);
        var renewed = s_rule.Renew(entered, 1010 * Ms, 1001 * Ms, valid: true);
        renewed.Verdict.ShouldBe(LeaseVerdict.Renewed);
        renewed.Lease.IsHeld(1600 * Ms).ShouldBeTrue();
        renewed.Lease.IsHeld(1601 * Ms).ShouldBeFalse();
    }

    [Fact]
    public void A_lease_that_is_over_is_not_renewed_by_any_heartbeat()
    {
        for (var now = 2000; now < 2600; now += 50)
        {
            var lease = s_lease with { Tick = now * Ms };
            s_rule.Renew(lease, now * Ms, now * Ms, valid: true).Verdict.ShouldBe(LeaseVerdict.Lost);
            s_rule.Tick(lease, now * Ms).Verdict.ShouldBe(LeaseVerdict.Lost);
        }
    }

    [Fact]
    public void A_ring_that_forms_for_long_does_not_cost_the_lease_while_the_worker_ticks()
    {
        var lease = s_rule.Renew(Lease.Enter(0), 10 * Ms, 5 * Ms, valid: true).Lease;
        for (var now = 25; now < 600; now += 25)
        {
            var tick = s_rule.Tick(lease, now * Ms);
            tick.Verdict.ShouldBe(LeaseVerdict.Ignored);
            lease = tick.Lease;
        }

        s_rule.Renew(lease, 600 * Ms, 590 * Ms, valid: true).Verdict.ShouldBe(LeaseVerdict.Renewed);
    }

    [Theory]
    [InlineData(1480, 780, true)] // 700 ms silent
    [InlineData(1480, 820, false)] // lease + margin are 660 ms
    [InlineData(1501, 700, false)] // the own newest heartbeat is 101 ms old: the ring itself is slow
    [InlineData(2000, 100, false)] // the own lease is over
    public void Another_device_is_silent_only_while_the_own_heartbeats_come_back(long now, long lastHeard, bool silent) =>
        s_rule.IsSilent(s_lease, now * Ms, lastHeard * Ms).ShouldBe(silent);
}
