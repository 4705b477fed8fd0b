using System.Collections.Immutable;
using ActorMirror.Domain.Cluster;
using ActorMirror.Domain.Devices;
using ActorMirror.Domain.TrafficGroups;

namespace ActorMirror.Tests.Cluster;

/// <summary>Mirror ports are dealt to the channels of traffic groups, on every device alike.</summary>
public sealed class ChannelPortsTests
{
    private static readonly ImmutableArray<DeviceId> s_devices = [new(1), new(2), new(3)];

    [Theory]
    [InlineData(1029, 1155, 1, "1029 1030 1031")]
    [InlineData(1029, 1155, 4, "1029-1032 1033-1036 1037-1040")]
    [InlineData(2000, 2005, 2, "2000-2001 2002-2003 2004-2005")]
    [InlineData(2000, 2004, 2, "2000-2001 2002-2003", "tg3")]
    [InlineData(2000, 2001, 3, "", "tg1", "tg2", "tg3")]
    public void A_new_group_takes_the_lowest_ports_that_lie_side_by_side(int first, int last, int channels, string expected, params string[] refused)
    {
        var cluster = Cluster(3);
        cluster.Channels = new ChannelDemand(first, last, channels);
        cluster.Start(1, 2);
        cluster.Settle();
        cluster.Start(3);
        cluster.Settle();
        foreach (var node in cluster.Nodes) Ports(node).ShouldBe(expected);
        cluster[1].Told.OfType<ClusterNotice.Refused>().Select(r => r.Reason)
            .ShouldBe(refused.Select(name => $"no {channels} mirror ports side by side are free for traffic group {name} (mirroring.ports)"));
    }

    [Theory]
    [InlineData(1, 1, "1029 1030")]
    [InlineData(1, 3, "1031-1033 1034-1036")] // tg1 has no room before tg2, which then has none before tg1
    [InlineData(3, 1, "1029-1031 1032-1034")] // two devices still have three
    [InlineData(4, 2, "1029-1032 1033-1036")]
    public void It_has_ports_for_the_device_that_wants_most(int before, int after, string expected)
    {
        var cluster = Cluster(2);
        cluster.Channels = new ChannelDemand(1029, 1155, before);
        cluster.Start(1, 2, 3);
        cluster.Settle();
        Restart(cluster, 3, after);
        foreach (var node in cluster.Nodes) Ports(node).ShouldBe(expected);
        cluster.Nodes.Count(n => n.Roles["tg1"] is LocalRole.Active).ShouldBe(1);
        var port = cluster[1].State.Groups["tg1"].Port;
        cluster.Nodes.Select(n => n.Roles["tg1"]).OfType<LocalRole.Mirror>().Single().Port.ShouldBe(port);
        cluster.Nodes.Select(n => n.Roles["tg1"]).OfType<LocalRole.Active>().Single().Peer!.Value.Port.ShouldBe(port);
    }

    [Fact]
    public void Ports_are_free_again_when_the_last_device_that_wanted_them_wants_less()
    {
        var cluster = Cluster(2);
        cluster.Channels = new ChannelDemand(1029, 1155, 4);
        cluster.Start(1, 2, 3);
        cluster.Settle();
        foreach (var id in (int[])[1, 2, 3]) Restart(cluster, id, 2);
        Ports(cluster[1]).ShouldBe("1029-1030 1033-1034");
    }

    [Fact]
    public void A_device_takes_no_part_in_a_group_that_has_not_enough_ports_for_it()
    {
        var cluster = Cluster(2);
        cluster.Channels = new ChannelDemand(1029, 1031, 1);
        cluster.Start(1, 2, 3);
        cluster.Settle();
        Restart(cluster, 3, 3);
        cluster[3].Roles["tg1"].ShouldBeOfType<LocalRole.Cold>();
        Ports(cluster[3]).ShouldBe("1029 1030");
        cluster[1].Told[^1].ShouldBeOfType<ClusterNotice.Refused>().Reason.ShouldContain("no 3 mirror ports");
        Restart(cluster, 3, 1);
        cluster.Stop(2, LeaveReason.Left);
        cluster.Settle();
        cluster.Nodes.Where(n => n.Running).Select(n => n.Roles["tg1"]).OfType<LocalRole.Mirror>().Count().ShouldBe(1);
    }

    private static ReplicaCluster Cluster(int groups) =>
        new(3, [.. Enumerable.Range(1, groups).Select(i => new GroupDeclaration($"tg{i}", s_devices, [], 3))]);

    private static void Restart(ReplicaCluster cluster, int id, int channels)
    {
        cluster.Stop(id, LeaveReason.Left);
        cluster.Settle();
        cluster.Channels = cluster.Channels with { PerGroup = channels };
        cluster.Start(id);
        cluster.Settle();
    }

    private static string Ports(ReplicaCluster.Node node) => string.Join(
        ' ', node.State.Groups.Values.Select(g => g.Channels == 1 ? $"{g.Port}" : $"{g.Port}-{g.Port + g.Channels - 1}"));
}
