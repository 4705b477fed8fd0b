using ActorMirror.Actors.Alarms;
using ActorMirror.Cluster;
using ActorMirror.Cluster.Corosync;
using ActorMirror.Domain.Addresses;
using ActorMirror.Domain.Devices;
using ActorMirror.Management.Contracts;
using ActorMirror.Node.Worker;
using ActorMirror.Tests.Support;

namespace ActorMirror.Tests.Cluster;

public sealed class ClusterLinkTests
{
    private readonly FakeTimeProvider time = new();

    [Fact]
    public void A_link_is_found_by_node_and_number() =>
        LinkKeys.Of(Link(12, 1, null)).ShouldBe(new LinkKeys("stats.knet.node12.link1.connected", "stats.knet.node12.link1.down_count"));

    [Fact]
    public void A_link_keeps_its_time_until_it_changes_or_went_and_came_in_between()
    {
        var link = Link(2, 0, null).Read(isConnected: true, downs: 0, at: 10);
        link.ShouldBe(Link(2, 0, true) with { Since = 10 });
        link.Read(isConnected: true, downs: 0, at: 11).Since.ShouldBe(10);
        link.Read(isConnected: false, downs: 1, at: 12).ShouldBe(Link(2, 0, false) with { Downs = 1, Since = 12 });
        link.Read(isConnected: true, downs: 1, at: 13).ShouldBe(Link(2, 0, true) with { Downs = 1, Since = 13 });
    }

    [Fact]
    public void A_link_that_is_down_is_an_alarm_that_says_what_is_left()
    {
        Alarms(Link(2, 0, true), Link(2, 1, true)).ShouldBe([("d2 10.0.0.2", null), ("d2 10.0.1.2", null)]);
        Alarms(Link(2, 0, true), Link(2, 1, false), Link(3, 1, true))
            .ShouldBe([("d2 10.0.0.2", null), ("d2 10.0.1.2", "cluster link 1 is down: only link 0 still reaches d2"), ("d3 10.0.1.3", null)]);
        Alarms(Link(2, 0, false), Link(3, 0, true)).ShouldBe([("d2 10.0.0.2", "cluster link 0 is down, and no other reaches d2"), ("d3 10.0.0.3", null)]);
    }

    [Fact]
    public void Links_nobody_could_read_are_unknown_with_their_age_and_neither_raise_nor_end_an_alarm()
    {
        var links = new ClusterLinks([Link(2, 0, false)], time.GetTimestamp());
        Reports(links).ShouldHaveSingleItem().State.ShouldBe(ClusterLinkState.Down);
        time.Advance(ClusterLinks.Fresh);
        ClusterLinkWatch.Look(links, Name, time).ShouldBeEmpty();
        var report = Reports(links).ShouldHaveSingleItem();
        (report.State, report.AgeMs, report.Downs).ShouldBe((ClusterLinkState.Unknown, 3000, 0));
        report.Since.ShouldNotBeNull().Wall.ShouldBe(DateTimeOffset.UnixEpoch);

        var never = new ClusterLinks([Link(2, 0, null)], ReadAt: null);
        ClusterLinkWatch.Look(never, Name, time).ShouldBeEmpty();
        Reports(never).ShouldBe([new ClusterLinkReport("d2", 0, "10.0.0.1", "10.0.0.2", ClusterLinkState.Unknown, null, null, null)]);
    }

    private (string About, string? Text)[] Alarms(params ClusterLink[] links) => [.. ClusterLinkWatch.Look(new ClusterLinks([.. links], time.GetTimestamp()), Name, time)];

    private IEnumerable<ClusterLinkReport> Reports(ClusterLinks links) => ClusterLinkReports.Of(links, Name, time);

    private static string Name(DeviceId id) => $"d{id}";

    private static ClusterLink Link(int device, int number, bool? connected) =>
        new(new DeviceId(device), number, Address.Parse($"10.0.{number}.1"), Address.Parse($"10.0.{number}.{device}"), connected, Downs: 0, Since: 0);
}
