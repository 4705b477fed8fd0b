using ActorMirror.Actors.Leases;
using ActorMirror.Cluster;
using ActorMirror.DataPlane.Lease;
using ActorMirror.Domain.Cluster;
using ActorMirror.Domain.Devices;
using ActorMirror.Kernel.Nftables;
using ActorMirror.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;
using Shouldly;
using Xunit;

namespace ActorMirror.Tests.Actors;

/// <summary>Two threads and two gates: the engine's, which nothing may hold up, and the actors'.</summary>
public sealed class LeaseKeeperTests
{
    private const int Group = 1;
    private static readonly DeviceId Self = new(1);
    private static readonly RingId Ring = new(1, 9);

    private readonly FakeTimeProvider time = new();
    private readonly FakeGate kernel = new();
    private readonly LeaseKeeper keeper;
    private readonly List<string> lost = [];
    private readonly FakeGate renewing;
    private readonly FakeGate changing;

    public LeaseKeeperTests()
    {
        (renewing, changing) = (new FakeGate(kernel), new FakeGate(kernel));
        keeper = new LeaseKeeper(Self, TimeSpan.FromMilliseconds(400), renewing, changing, time, NullLogger.Instance) { Lost = lost.Add };
    }

    [Fact]
    public void Opens_no_gate_before_a_heartbeat_came_back() => keeper.TryOpen(Group).ShouldBeFalse();

    [Fact]
    public void Every_heartbeat_that_comes_back_keeps_the_open_gates_open()
    {
        Beat();
        keeper.TryOpen(Group).ShouldBeTrue();
        time.Advance(TimeSpan.FromMilliseconds(25));
        Beat();
        kernel.Open.ShouldBe([Group]);
        renewing.Calls.ShouldBe(1);
    }

    [Fact]
    public void A_renewal_does_not_wait_for_an_actor_that_is_opening_a_gate()
    {
        Beat();
        time.Advance(TimeSpan.FromMilliseconds(25));
        changing.Before = () =>
        {
            // The actor's thread is inside its call to the kernel; the engine's goes on.
            var engine = new Thread(() => Beat());
            engine.Start();
            engine.Join();
        };
        keeper.TryOpen(Group).ShouldBeTrue();
        renewing.Calls.ShouldBe(1);
    }

    [Fact]
    public void A_gate_that_was_lost_while_it_was_being_opened_is_shut_again()
    {
        Beat();
        changing.Before = () =>
        {
            changing.Before = null;
            time.Advance(TimeSpan.FromMilliseconds(401));
            Beat();
        };
        keeper.TryOpen(Group).ShouldBeFalse();
        kernel.Open.ShouldBeEmpty();
        lost.ShouldHaveSingleItem();
    }

    [Fact]
    public void A_gate_that_was_closed_while_it_was_being_renewed_is_shut_again()
    {
        Beat();
        keeper.TryOpen(Group);
        renewing.Before = () =>
        {
            renewing.Before = null;
            keeper.Close(Group);
        };
        time.Advance(TimeSpan.FromMilliseconds(25));
        Beat();
        kernel.Open.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_gate_that_the_kernel_refuses_to_open_is_not_opened_by_a_renewal_either(bool renewedMeanwhile)
    {
        Beat();
        changing.Before = () =>
        {
            time.Advance(TimeSpan.FromMilliseconds(25));
            if (renewedMeanwhile) Beat();
            throw new NftablesException("no such table", "");
        };
        Should.Throw<NftablesException>(() => keeper.TryOpen(Group));
        kernel.Open.ShouldBeEmpty();
        time.Advance(TimeSpan.FromMilliseconds(25));
        Beat();
        kernel.Open.ShouldBeEmpty();

        changing.Before = null;
        keeper.TryOpen(Group).ShouldBeTrue("it may be tried again");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Whether_its_thread_may_run_at_real_time_priority_is_known_from_the_first_heartbeat_on(bool permitted)
    {
        var asked = new LeaseKeeper(Self, TimeSpan.FromMilliseconds(400), renewing, changing, time, NullLogger.Instance) { TryRealTime = () => permitted };
        asked.IsRealTimeRefused.ShouldBeFalse();
        asked.MaySend().ShouldBeTrue();
        asked.IsRealTimeRefused.ShouldBe(!permitted);
    }

    [Fact]
    public void A_worker_that_stood_still_shuts_every_gate_and_says_so_once()
    {
        Beat();
        keeper.TryOpen(Group);
        keeper.TryOpen(2);
        time.Advance(TimeSpan.FromMilliseconds(200));
        Beat();
        Beat();
        kernel.Open.ShouldBeEmpty();
        lost.ShouldBe(["this worker stood still for 200 ms"]);
        keeper.TryOpen(Group).ShouldBeFalse();

        keeper.Reset();
        Beat();
        keeper.TryOpen(Group).ShouldBeTrue();
    }

    [Fact]
    public void What_was_heard_of_a_device_is_forgotten_with_the_ring_they_shared()
    {
        var other = new DeviceId(2);
        time.Advance(TimeSpan.FromSeconds(1));
        keeper.Heard(other, time.GetTimestamp(), Ring, valid: true);
        time.Advance(TimeSpan.FromMilliseconds(30));
        keeper.SilenceOf(other).ShouldBe(TimeSpan.FromMilliseconds(30));
        keeper.ForgetAbsent([Self, other]);
        keeper.SilenceOf(other).ShouldNotBeNull();
        keeper.ForgetAbsent([Self]);
        keeper.SilenceOf(other).ShouldBeNull();
    }

    /// <summary>What the engine's thread does with an own heartbeat, sent just now.</summary>
    private void Beat() => keeper.Heard(Self, time.GetTimestamp(), Ring, valid: true);

    /// <summary>A gate, or (the inner one) the kernel behind both.</summary>
    private sealed class FakeGate(FakeGate? kernel = null) : ILeaseGate
    {
        private readonly HashSet<int> open = [];

        public IEnumerable<int> Open => open;

        public int Calls { get; private set; }

        public Action? Before { get; set; }

        void ILeaseGate.Open(ReadOnlySpan<int> groups, TimeSpan lifetime)
        {
            Calls++;
            Before?.Invoke();
            foreach (var group in groups) kernel!.open.Add(group);
        }

        public void Shut(int group) => kernel!.open.Remove(group);
    }
}
