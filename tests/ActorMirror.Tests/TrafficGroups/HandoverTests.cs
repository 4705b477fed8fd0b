using ActorMirror.Domain.Cluster;
using ActorMirror.Domain.Devices;
using ActorMirror.Domain.TrafficGroups;
using ActorMirror.Tests.Cluster;

namespace ActorMirror.Tests.TrafficGroups;

/// <summary>Planned handover and link tracking, seen from the roles that the devices get.</summary>
public sealed class HandoverTests
{
    private static readonly DeviceId s_a = new(1);
    private static readonly DeviceId s_b = new(2);
    private static readonly DeviceId s_c = new(3);

    [Fact]
    public void Force_standby_moves_a_group_to_its_next_active_and_back_makes_the_old_one_the_mirror()
    {
        var cluster = Three();
        var old = cluster[1].Roles["tg1"].Epoch;
        Command(cluster, 3, new ClusterCommand.ForceStandby("tg1", null, 77));
        cluster[1].Roles["tg1"].ShouldBe(new LocalRole.HandingOver(old, new MirrorPeer(s_b, 1029), 77));
        cluster[2].Roles["tg1"].ShouldBeOfType<LocalRole.Mirror>();

        Command(cluster, 1, new ClusterCommand.Release("tg1", old, 123));
        var active = cluster[2].Roles["tg1"].ShouldBeOfType<LocalRole.Active>();
        active.Epoch.ShouldBeGreaterThan(old);
        active.Wait.ShouldBe(PromotionWait.None);
        active.Peer.ShouldBe(new MirrorPeer(s_a, 1029));
        cluster[1].Roles["tg1"].ShouldBe(new LocalRole.Relinquished(old, s_b, active.Epoch, 1029));
        cluster[3].Told.ShouldContain(new ClusterNotice.RequestFinished(s_c, 77, "tg1", null));

        Command(cluster, 2, new ClusterCommand.Promoted("tg1", active.Epoch, double.NaN, 0, 4, 10, 10, null));
        cluster[1].Roles["tg1"].ShouldBe(new LocalRole.Mirror(active.Epoch, s_b, 1029));
    }

    [Fact]
    public void A_target_that_holds_no_copy_becomes_the_mirror_first()
    {
        var cluster = Three();
        Command(cluster, 1, new ClusterCommand.ForceStandby("tg1", s_c, 1));
        cluster[1].Roles["tg1"].ShouldBeOfType<LocalRole.HandingOver>().Peer.Device.ShouldBe(s_c);
        cluster[2].Roles["tg1"].ShouldBeOfType<LocalRole.Cold>();
        cluster[3].Roles["tg1"].ShouldBeOfType<LocalRole.Mirror>();
        cluster[1].State.Groups["tg1"].CopyComplete.ShouldBeFalse();
    }

    [Theory]
    [InlineData("tg9", null, "there is no such traffic group")]
    [InlineData("tg1", 1, "it is active on device 1 already")]
    [InlineData("tg1", 9, "device 9 is not fit to be active")]
    [InlineData("tg1", 3, "device 3 has lost a VLAN of the group")]
    public void A_handover_that_cannot_be_is_refused_with_a_reason(string group, int? target, string reason)
    {
        var cluster = Three();
        Command(cluster, 3, new ClusterCommand.Health(["external"]));
        Command(cluster, 2, new ClusterCommand.ForceStandby(group, target is { } t ? new DeviceId(t) : null, 5));
        cluster[2].Told[^1].ShouldBe(new ClusterNotice.RequestFinished(s_b, 5, group, reason));
        cluster[1].Roles["tg1"].ShouldBeOfType<LocalRole.Active>();
    }

    [Fact]
    public void A_second_handover_is_refused_while_the_first_runs_and_while_the_new_active_comes_up()
    {
        var cluster = Three();
        Command(cluster, 1, new ClusterCommand.ForceStandby("tg1", null, 1));
        Command(cluster, 1, new ClusterCommand.ForceStandby("tg1", null, 2));
        cluster[1].Told[^1].ShouldBe(new ClusterNotice.RequestFinished(s_a, 2, "tg1", "it is being handed over already"));
        Command(cluster, 1, new ClusterCommand.Release("tg1", cluster[1].Roles["tg1"].Epoch, 0));
        Command(cluster, 1, new ClusterCommand.ForceStandby("tg1", null, 3));
        cluster[1].Told[^1].ShouldBe(new ClusterNotice.RequestFinished(s_a, 3, "tg1", "device 2 is still being promoted"));
    }

    [Fact]
    public void An_aborted_handover_leaves_the_active_where_it_is()
    {
        var cluster = Three();
        var epoch = cluster[1].Roles["tg1"].Epoch;
        Command(cluster, 1, new ClusterCommand.ForceStandby("tg1", null, 1));
        Command(cluster, 1, new ClusterCommand.HandoverAborted("tg1", epoch, "the copy did not become complete"));
        cluster[1].Roles["tg1"].ShouldBeOfType<LocalRole.Active>().Epoch.ShouldBe(epoch);
        cluster[2].Told[^1].ShouldBe(new ClusterNotice.RequestFinished(s_a, 1, "tg1", "the copy did not become complete"));
    }

    [Theory]
    [InlineData(LeaveReason.DeviceDown)]
    [InlineData(LeaveReason.ProcessDown)]
    public void A_target_that_dies_ends_the_handover(LeaveReason reason)
    {
        var cluster = Three();
        Command(cluster, 1, new ClusterCommand.ForceStandby("tg1", s_b, 1));
        cluster.Stop(2, reason);
        cluster[1].Roles["tg1"].ShouldBeOfType<LocalRole.Active>().Peer!.Value.Device.ShouldBe(s_c);
        cluster[1].Told.ShouldContain(new ClusterNotice.RequestFinished(s_a, 1, "tg1", "device 2 is no longer fit"));
    }

    [Fact]
    public void An_active_that_dies_while_it_hands_over_is_followed_by_the_target()
    {
        var cluster = Three();
        Command(cluster, 3, new ClusterCommand.ForceStandby("tg1", s_b, 1));
        cluster.Stop(1, LeaveReason.DeviceDown);
        cluster[2].Roles["tg1"].ShouldBeOfType<LocalRole.Active>().Wait.Guard.Contains(s_a).ShouldBeTrue();
        cluster[3].Told.ShouldContain(new ClusterNotice.RequestFinished(s_c, 1, "tg1", null));
    }

    [Fact]
    public void A_new_active_that_dies_before_it_was_up_gives_the_group_back_to_the_one_that_released_it()
    {
        var cluster = Three();
        Command(cluster, 1, new ClusterCommand.ForceStandby("tg1", null, 1));
        Command(cluster, 1, new ClusterCommand.Release("tg1", cluster[1].Roles["tg1"].Epoch, 0));
        cluster.Stop(2, LeaveReason.ProcessDown);
        cluster[1].Roles["tg1"].ShouldBeOfType<LocalRole.Active>().Wait.ShouldBe(new PromotionWait(DeviceSet.Empty, DeviceSet.Of(s_b)));
    }

    [Fact]
    public void A_stale_release_is_refused()
    {
        var cluster = Three();
        var epoch = cluster[1].Roles["tg1"].Epoch;
        Command(cluster, 1, new ClusterCommand.ForceStandby("tg1", null, 1));
        Command(cluster, 2, new ClusterCommand.Release("tg1", epoch, 0));
        Command(cluster, 1, new ClusterCommand.Release("tg1", new Epoch(epoch.Ring, epoch.Index - 1), 0));
        cluster[1].Roles["tg1"].ShouldBeOfType<LocalRole.HandingOver>();
        cluster[3].Told.OfType<ClusterNotice.Refused>().Count().ShouldBe(2);
    }

    [Fact]
    public void A_lost_VLAN_moves_the_group_without_a_wait_and_its_return_moves_nothing()
    {
        var cluster = Three();
        Command(cluster, 1, new ClusterCommand.Health(["external"]));
        var active = cluster[2].Roles["tg1"].ShouldBeOfType<LocalRole.Active>();
        active.Reason.ShouldBe(MoveReason.LinkDown);
        active.Wait.ShouldBe(PromotionWait.None);
        cluster[1].Roles["tg1"].ShouldBeOfType<LocalRole.Cold>();
        cluster[3].Roles["tg1"].ShouldBeOfType<LocalRole.Mirror>();
        Command(cluster, 1, new ClusterCommand.Health([]));
        cluster[2].Roles["tg1"].ShouldBe(active);
    }

    [Fact]
    public void A_new_configuration_that_no_longer_names_the_active_moves_the_group()
    {
        var cluster = Three();
        cluster.Groups = [cluster.Groups[0] with { HaOrder = [s_b, s_c] }];
        cluster.Stop(3, LeaveReason.Left);
        cluster.Start(3);
        cluster.Settle();
        cluster[2].Roles["tg1"].ShouldBeOfType<LocalRole.Active>().Reason.ShouldBe(MoveReason.Reconfigured);
    }

    private static ReplicaCluster Three()
    {
        var cluster = new ReplicaCluster(3, new GroupDeclaration("tg1", [s_a, s_b, s_c], ["external", "internal"], 3));
        cluster.Start(1, 2, 3);
        cluster.Settle();
        cluster.ReportUp();
        return cluster;
    }

    private static void Command(ReplicaCluster cluster, int sender, ClusterCommand command)
    {
        cluster.Send(sender, command);
        cluster.Deliver();
        cluster.Violations.ShouldBeEmpty();
    }
}
