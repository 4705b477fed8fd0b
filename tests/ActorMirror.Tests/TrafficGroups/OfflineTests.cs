using ActorMirror.Domain.Cluster;
using ActorMirror.Domain.Devices;
using ActorMirror.Domain.TrafficGroups;
using ActorMirror.Tests.Cluster;

namespace ActorMirror.Tests.TrafficGroups;

/// <summary>A device that an operator took out of service, seen from the roles that the devices get.</summary>
public sealed class OfflineTests
{
    private static readonly DeviceId s_a = new(1);
    private static readonly DeviceId s_b = new(2);
    private static readonly DeviceId s_c = new(3);

    [Fact]
    public void An_active_hands_its_group_over_and_has_no_part_in_it_then()
    {
        var cluster = Three();
        Set(cluster, 1, true);
        cluster[1].Roles["tg1"].ShouldBeOfType<LocalRole.HandingOver>().Peer.Device.ShouldBe(s_b);
        cluster[3].Told.ShouldContain(new ClusterNotice.OfflineSet(s_c, 5, s_a, true));
        cluster.Complete();
        cluster[1].Roles["tg1"].ShouldBeOfType<LocalRole.Cold>();
        cluster[2].Roles["tg1"].ShouldBeOfType<LocalRole.Active>().Reason.ShouldBe(MoveReason.Offline);
        cluster[3].Roles["tg1"].ShouldBeOfType<LocalRole.Mirror>();
        cluster.Violations.ShouldBeEmpty();
    }

    [Fact]
    public void A_mirror_gives_the_copy_up()
    {
        var cluster = Three();
        Set(cluster, 2, true);
        cluster[2].Roles["tg1"].ShouldBeOfType<LocalRole.Cold>();
        cluster[3].Roles["tg1"].ShouldBeOfType<LocalRole.Mirror>();
        Set(cluster, 2, false);
        cluster[3].Roles["tg1"].ShouldBeOfType<LocalRole.Mirror>("the copy stays where it is");
    }

    [Fact]
    public void The_last_device_leaves_the_group_unserved_until_it_is_released()
    {
        var cluster = Three();
        Set(cluster, 2, true);
        Set(cluster, 3, true);
        Set(cluster, 1, true);
        cluster.Nodes.ShouldAllBe(n => n.Roles["tg1"] is LocalRole.Cold);
        cluster[2].Told.ShouldContain(new ClusterNotice.Unserved("tg1", s_a, MoveReason.Offline));
        Set(cluster, 2, false);
        cluster[2].Roles["tg1"].ShouldBeOfType<LocalRole.Active>();
        cluster.Violations.ShouldBeEmpty();
    }

    [Fact]
    public void A_target_that_dies_is_replaced_by_another()
    {
        var cluster = Three();
        Set(cluster, 1, true);
        cluster.Stop(2, LeaveReason.DeviceDown);
        cluster[1].Roles["tg1"].ShouldBeOfType<LocalRole.HandingOver>().Peer.Device.ShouldBe(s_c);
        cluster[3].Told.OfType<ClusterNotice.NotHandedOver>().Single().Target.ShouldBe(s_b);
        cluster.Complete();
        cluster[3].Roles["tg1"].ShouldBeOfType<LocalRole.Active>();
        cluster.Violations.ShouldBeEmpty();
    }

    [Fact]
    public void Without_a_complete_copy_it_moves_all_the_same()
    {
        var cluster = Three();
        Set(cluster, 1, true);
        cluster.Send(1, new ClusterCommand.HandoverAborted("tg1", cluster[1].Roles["tg1"].Epoch, "the mirror's copy did not become complete in time"));
        cluster.Settle();
        cluster[2].Roles["tg1"].ShouldBeOfType<LocalRole.Active>().Reason.ShouldBe(MoveReason.Offline);
        cluster[1].Roles["tg1"].ShouldBeOfType<LocalRole.Cold>();
    }

    [Fact]
    public void Nobody_can_move_a_group_to_it()
    {
        var cluster = Three();
        Set(cluster, 3, true);
        cluster.Send(2, new ClusterCommand.ForceStandby("tg1", s_c, 9));
        cluster.Settle();
        cluster[2].Told[^1].ShouldBe(new ClusterNotice.RequestFinished(s_b, 9, "tg1", "device 3 is offline"));
    }

    [Fact]
    public void It_stays_so_over_its_restart_and_over_that_of_all()
    {
        var cluster = Three();
        Set(cluster, 1, true);
        cluster.Complete();
        cluster.Stop(1, LeaveReason.ProcessDown);
        cluster.Start(1);
        cluster.Settle();
        cluster[1].Roles["tg1"].ShouldBeOfType<LocalRole.Cold>();

        foreach (var device in new[] { 1, 2, 3 }) cluster.Stop(device, LeaveReason.DeviceDown);
        cluster.Start(1, 2, 3);
        cluster.Settle();
        cluster[1].Roles["tg1"].ShouldBeOfType<LocalRole.Cold>("the journals remember");
        cluster[2].Roles["tg1"].ShouldBeOfType<LocalRole.Active>();
        cluster.Violations.ShouldBeEmpty();
    }

    [Fact]
    public void What_was_said_while_a_device_was_away_holds_over_what_it_remembers()
    {
        var cluster = Three();
        Set(cluster, 1, true);
        cluster.Complete();
        cluster.Stop(1, LeaveReason.Left);
        Set(cluster, 1, false);
        cluster.Start(1);
        cluster.Settle();
        cluster[1].State.Devices[s_a].Offline.ShouldBeFalse();
        cluster[1].Roles["tg1"].ShouldBeOfType<LocalRole.Cold>("there is no failback, but it may take the group");
        cluster.Stop(3, LeaveReason.Left);
        cluster[1].Roles["tg1"].ShouldBeOfType<LocalRole.Mirror>();
    }

    [Fact]
    public void Said_again_it_changes_nothing_and_is_answered()
    {
        var cluster = Three();
        Set(cluster, 2, true);
        var at = cluster[1].State.Devices[s_b].OfflineAt;
        Set(cluster, 2, true);
        cluster[1].State.Devices[s_b].OfflineAt.ShouldBe(at);
        cluster[3].Told.OfType<ClusterNotice.OfflineSet>().Count().ShouldBe(2);
    }

    [Fact]
    public void A_device_that_was_never_seen_starts_offline()
    {
        var cluster = new ReplicaCluster(3, new GroupDeclaration("tg1", [s_a, s_b, s_c], [], 3));
        cluster.Start(2, 3);
        cluster.Settle();
        Set(cluster, 1, true);
        cluster.Start(1);
        cluster.Settle();
        cluster[1].Roles["tg1"].ShouldBeOfType<LocalRole.Cold>();
        cluster.Violations.ShouldBeEmpty();
    }

    private static ReplicaCluster Three()
    {
        var cluster = new ReplicaCluster(3, new GroupDeclaration("tg1", [s_a, s_b, s_c], ["external"], 3));
        cluster.Start(1, 2, 3);
        cluster.Settle();
        cluster.ReportUp();
        return cluster;
    }

    private static void Set(ReplicaCluster cluster, int device, bool offline)
    {
        cluster.Send(3, new ClusterCommand.SetOffline(new DeviceId(device), offline, 5));
        cluster.Settle();
    }
}
