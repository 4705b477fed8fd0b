using System.Net;
using ActorMirror.Management.Http;
using ActorMirror.Tests.Support;

namespace ActorMirror.Tests.Management;

public sealed class FailureThrottleTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly FailureThrottle _throttle;

    public FailureThrottleTests() => _throttle = new FailureThrottle(_time);

    [Fact]
    public void An_address_that_fails_too_often_waits_and_others_do_not()
    {
        var bad = IPAddress.Parse("192.0.2.1");
        for (var i = 1; i < FailureThrottle.Most; i++) _throttle.Failed(bad).ShouldBe(i);
        _throttle.Wait(bad).ShouldBeNull();
        _throttle.Failed(bad).ShouldBe(FailureThrottle.Most);
        _time.Advance(TimeSpan.FromSeconds(20));
        _throttle.Wait(bad).ShouldBe(TimeSpan.FromSeconds(40));
        _throttle.Wait(IPAddress.Parse("192.0.2.2")).ShouldBeNull();
        _time.Advance(TimeSpan.FromSeconds(40));
        _throttle.Wait(bad).ShouldBeNull();
        _throttle.Failed(bad).ShouldBe(1);
    }

    [Fact]
    public void A_network_of_IPv6_is_one_address()
    {
        for (var i = 0; i < FailureThrottle.Most; i++) _throttle.Failed(IPAddress.Parse($"2001:db8::{i}"));
        _throttle.Wait(IPAddress.Parse("2001:db8::ffff")).ShouldNotBeNull();
        _throttle.Wait(IPAddress.Parse("2001:db8:0:1::1")).ShouldBeNull();
    }

    [Fact]
    public void Beyond_its_bound_new_addresses_share_one_count()
    {
        for (var i = 0; i < FailureThrottle.Addresses; i++) _throttle.Failed(new IPAddress([10, 0, (byte)(i >> 8), (byte)i]));
        for (var i = 0; i < FailureThrottle.Most; i++) _throttle.Failed(new IPAddress([192, 0, 2, (byte)i]));
        _throttle.Wait(IPAddress.Parse("198.51.100.1")).ShouldNotBeNull();
        _throttle.Wait(IPAddress.Parse("10.0.0.1")).ShouldBeNull();
        _time.Advance(FailureThrottle.Within);
        _throttle.Failed(IPAddress.Parse("198.51.100.1"));
        _throttle.Wait(IPAddress.Parse("198.51.100.1")).ShouldBeNull();
    }
}
