using System.Collections.Immutable;
using ActorMirror.Domain.Cluster;
using ActorMirror.Domain.Devices;
using ActorMirror.Domain.TrafficGroups;

namespace ActorMirror.Tests.Cluster;

/// <summary>How groups of devices start, lose members, split and meet again.</summary>
public sealed class ClusterReplicaTests
{
    private static readonly DeviceId s_a = new(1);
    private static readonly DeviceId s_b = new(2);
    private static readonly DeviceId s_c = new(3);
    private static readonly GroupDeclaration s_tg1 = new("tg1", [s_a, s_b, s_c], ["external", "internal"], 3);
    private static readonly GroupDeclaration s_tg2 = new("tg2", [s_c, s_b, s_a], ["external"], 3);

    [Fact]
    public void Three_devices_start_and_take_their_groups_in_ha_order()
    {
        var cluster = Three();
        cluster.Synced.Count().ShouldBe(3);
        cluster[1].Roles["tg1"].ShouldBeOfType<LocalRole.Active>().Peer.ShouldBe(new MirrorPeer(s_b, 1029));
        cluster[2].Roles["tg1"].ShouldBeOfType<LocalRole.Mirror>().Of.ShouldBe(s_a);
        cluster[3].Roles["tg1"].ShouldBeOfType<LocalRole.Cold>();
        cluster[3].Roles["tg2"].ShouldBeOfType<LocalRole.Active>().Peer.ShouldBe(new MirrorPeer(s_b, 1030));
        cluster[1].State.Groups["tg2"].Number.ShouldBe(2);
        cluster[1].State.VirtualServers["vs2"].ShouldBe(2);
        cluster.Violations.ShouldBeEmpty();
    }

    [Fact]
    public void One_device_of_three_takes_nothing()
    {
        var cluster = new ReplicaCluster(3, s_tg1);
        cluster.Start(1);
        cluster.Settle();
        cluster[1].Replica.Phase.ShouldBeOfType<SyncPhase.Outside>();
        cluster[1].Roles.ShouldBeEmpty();
    }

    [Fact]
    public void One_device_alone_in_its_group_is_active_for_all()
    {
        var cluster = new ReplicaCluster(1, new GroupDeclaration("tg1", [s_a], [], 3));
        cluster.Start(1);
        cluster.Settle();
        var active = cluster[1].Roles["tg1"].ShouldBeOfType<LocalRole.Active>();
        active.Peer.ShouldBeNull();
        active.Wait.ShouldBe(PromotionWait.None);
    }

    [Fact]
    public void The_first_two_of_three_start_at_once_but_wait_for_a_third_that_may_be_active_unseen()
    {
        var cluster = new ReplicaCluster(3, s_tg1, s_tg2);
        cluster.Start(1, 2);
        cluster.Settle();
        cluster[1].Roles["tg1"].ShouldBeOfType<LocalRole.Active>().Wait.ShouldBe(new PromotionWait(DeviceSet.Of(s_c), DeviceSet.Empty));
        cluster.ReportUp();
        cluster[1].Roles["tg1"].ShouldBeOfType<LocalRole.Active>().Wait.ShouldBe(PromotionWait.None);

        cluster.Start(3);
        cluster.Settle();
        cluster[2].Roles["tg2"].ShouldBeOfType<LocalRole.Active>("no automatic failback to the preferred device");
    }

    [Theory]
    [InlineData(LeaveReason.Left, false, false, MoveReason.Left)]
    [InlineData(LeaveReason.ProcessDown, false, true, MoveReason.ProcessDown)]
    [InlineData(LeaveReason.DeviceDown, true, false, MoveReason.DeviceDown)]
    public void The_next_active_follows_and_waits_according_to_the_loss(LeaveReason reason, bool guard, bool fence, MoveReason moved)
    {
        var cluster = Three();
        var before = cluster[2].Roles["tg1"].Epoch;
        cluster.Stop(1, reason);
        var active = cluster[2].Roles["tg1"].ShouldBeOfType<LocalRole.Active>("the view alone decides: nobody is asked");
        active.Epoch.ShouldBeGreaterThan(before);
        active.Reason.ShouldBe(moved);
        active.Wait.Guard.Contains(s_a).ShouldBe(guard);
        active.Wait.Fence.Contains(s_a).ShouldBe(fence);
        cluster[3].Roles["tg1"].ShouldBeOfType<LocalRole.Mirror>().Of.ShouldBe(s_b);
    }

    [Fact]
    public void A_successor_that_dies_before_it_was_up_leaves_its_wait_to_the_next()
    {
        var cluster = new ReplicaCluster(5, new GroupDeclaration("tg1", [.. Enumerable.Range(1, 5).Select(i => new DeviceId(i))], [], 3));
        cluster.Start(1, 2, 3, 4, 5);
        cluster.Settle();
        cluster.ReportUp();
        cluster.Stop(1, LeaveReason.DeviceDown);
        cluster.Stop(2, LeaveReason.ProcessDown);
        cluster[3].Roles["tg1"].ShouldBeOfType<LocalRole.Active>().Wait.ShouldBe(new PromotionWait(DeviceSet.Of(s_a), DeviceSet.Of(s_b)));
    }

    [Fact]
    public void A_restarted_worker_returns_as_mirror_at_most_and_ends_the_wait_for_it()
    {
        var cluster = Three();
        cluster.Stop(1, LeaveReason.ProcessDown);
        cluster.Start(1);
        cluster.Settle();
        cluster[2].Roles["tg1"].ShouldBeOfType<LocalRole.Active>().Wait.ShouldBe(PromotionWait.None, "its hello says that it holds nothing");
        cluster[1].Roles["tg1"].ShouldBeOfType<LocalRole.Cold>("the third device has the copy and keeps it");
        cluster[3].Roles["tg1"].ShouldBeOfType<LocalRole.Mirror>();
        cluster.Violations.ShouldBeEmpty();
    }

    [Fact]
    public void A_minority_drops_its_roles_and_takes_the_state_of_the_majority_when_they_meet()
    {
        var cluster = Three();
        cluster.Cut(1);
        cluster[1].Roles.ShouldBeEmpty();
        cluster[2].Roles["tg1"].ShouldBeOfType<LocalRole.Active>();
        cluster.ReportUp();
        cluster.Heal();
        cluster.Settle();
        cluster.Synced.Count().ShouldBe(3);
        cluster[2].Roles["tg1"].ShouldBeOfType<LocalRole.Active>();
        cluster[1].Roles["tg1"].ShouldBeOfType<LocalRole.Cold>();
        cluster.Violations.ShouldBeEmpty();
    }

    [Fact]
    public void When_all_lost_the_quorum_the_old_active_takes_its_group_again_in_a_new_epoch()
    {
        var cluster = Three();
        cluster.ReportUp();
        var before = cluster[1].Roles["tg1"].Epoch;
        cluster.Cut(1);
        cluster.Cut(2);
        cluster.Cut(3);
        cluster[2].Roles.ShouldBeEmpty();
        cluster.Heal();
        cluster.Settle();
        cluster.Synced.Count().ShouldBe(3);
        var owner = cluster.Nodes.Single(n => n.Roles["tg1"] is LocalRole.Active);
        owner.Id.ShouldBe(s_b, "the last majority had moved the group to b; its state is the newest");
        owner.Roles["tg1"].Epoch.ShouldBeGreaterThan(before);
        ((LocalRole.Active)owner.Roles["tg1"]).Reason.ShouldBe(MoveReason.QuorumRegained);
        cluster.Violations.ShouldBeEmpty();
    }

    [Fact]
    public void A_suspected_device_is_out_at_once_and_comes_back_by_itself()
    {
        var cluster = Three();
        var incarnation = cluster[1].Replica.Incarnation;
        cluster.Send(3, new ClusterCommand.Suspect(s_a, incarnation, "silent"));
        cluster.Deliver(1);
        cluster[2].Roles["tg1"].ShouldBeOfType<LocalRole.Active>().Wait.ShouldBe(PromotionWait.None, "silence beyond the lease: it is over");
        cluster[1].Roles.ShouldBeEmpty();
        cluster.Settle();
        cluster[1].Replica.Incarnation.ShouldBe(incarnation + 1);
        cluster[1].Roles["tg1"].ShouldNotBeOfType<LocalRole.Active>();
        cluster.Synced.Count().ShouldBe(3);
        cluster.Violations.ShouldBeEmpty();
    }

    [Fact]
    public void Of_two_devices_that_suspect_each_other_one_stays()
    {
        var cluster = Three();
        cluster.Send(1, new ClusterCommand.Suspect(s_b, cluster[2].Replica.Incarnation, "silent"));
        cluster.Send(2, new ClusterCommand.Suspect(s_a, cluster[1].Replica.Incarnation, "silent"));
        cluster.Settle();
        cluster[1].Roles["tg1"].ShouldBeOfType<LocalRole.Active>();
        cluster.Violations.ShouldBeEmpty();
    }

    [Fact]
    public void Of_a_pair_that_suspects_each_other_the_second_is_not_believed_by_the_suspect_either()
    {
        var cluster = new ReplicaCluster(2, new GroupDeclaration("tg1", [s_a, s_b], [], 3));
        cluster.Start(1, 2);
        cluster.Settle();
        cluster.ReportUp();
        cluster.Send(2, new ClusterCommand.Suspect(s_a, cluster[1].Replica.Incarnation, "silent"));
        cluster.Send(1, new ClusterCommand.Suspect(s_b, cluster[2].Replica.Incarnation, "silent"));
        cluster.Settle();
        cluster.Violations.ShouldBeEmpty("a does not begin anew beside b, which is live");
        cluster[2].Roles["tg1"].ShouldBeOfType<LocalRole.Active>();
        cluster[1].Roles["tg1"].ShouldBeOfType<LocalRole.Mirror>();
    }

    [Fact]
    public void The_device_that_was_to_send_the_state_dies_and_another_does_it()
    {
        var cluster = Three();
        cluster.Stop(3, LeaveReason.ProcessDown);
        cluster.Settle();
        cluster.Start(3);
        cluster.Deliver(1); // some hello is in, nothing was answered
        cluster.Stop(1, LeaveReason.ProcessDown);
        cluster.Settle();
        cluster.Synced.Select(n => n.Id).ShouldBe([s_b, s_c]);
        cluster.Violations.ShouldBeEmpty();
    }

    [Fact]
    public void A_state_of_many_pieces_arrives()
    {
        var cluster = new ReplicaCluster(3, [.. Enumerable.Range(0, 60).Select(i => new GroupDeclaration($"{new string('g', 2000)}{i}", [s_a, s_b, s_c], ["v"], 3))]);
        cluster.Start(1, 2, 3);
        cluster.Settle();
        StateCodec.Encode(cluster[1].State).Length.ShouldBeGreaterThan(ClusterReplica.PieceSize);
        cluster.Synced.Count().ShouldBe(3);
        cluster.Violations.ShouldBeEmpty();
    }

    [Fact]
    public void A_pair_without_an_arbiter_that_was_split_agrees_again_on_one_state()
    {
        // Of two devices each one alone has half of the votes, which only an unsafe pair takes for a quorum.
        var pair = new ReplicaCluster(1, new GroupDeclaration("tg1", [s_a, s_b], [], 3));
        pair.Start(1, 2);
        pair.Settle();
        pair.ReportUp();
        pair.Cut(2);
        pair.Settle();
        pair.ReportUp();
        pair[1].Roles["tg1"].ShouldBeOfType<LocalRole.Active>();
        pair[2].Roles["tg1"].ShouldBeOfType<LocalRole.Active>("this is why such a pair is unsafe");
        pair.Heal();
        pair.Settle();
        pair.Nodes.Count(n => n.Roles["tg1"] is LocalRole.Active).ShouldBe(1);
        pair.Synced.Count().ShouldBe(2);
        StateCodec.Encode(pair[1].State).ShouldBe(StateCodec.Encode(pair[2].State));
    }

    [Fact]
    public void A_foreign_version_is_refused_visibly_and_changes_nothing()
    {
        var cluster = Three();
        var before = StateCodec.Encode(cluster[1].State);
        cluster.SendRaw(2, [99, 1, 2, 3]);
        cluster.Deliver();
        cluster[1].Told[^1].ShouldBe(new ClusterNotice.Refused(s_b, $"command of protocol version 99; this device speaks {CommandCodec.Version}"));
        StateCodec.Encode(cluster[1].State).ShouldBe(before);
    }

    [Fact]
    public void Epochs_start_above_the_highest_of_every_journal()
    {
        var replica = ClusterReplica.Create(s_a, 1, new Declaration(1, new Epoch(40, 7), [new GroupDeclaration("tg1", [s_a], [], 3)], [], [], [], new ChannelDemand(1029, 1155, 1)));
        (replica, _) = replica.Handle(new ClusterEvent.View(new RingId(1, 4), true, [s_a], [s_a], []));
        var hello = new ClusterCommand.Hello(1, 2, true, Epoch.None, replica.Declaration);
        (replica, _) = replica.Handle(new ClusterEvent.Command(new RingId(1, 4), s_a, CommandCodec.Encode(hello)));
        replica.State!.Groups["tg1"].Epoch.ShouldBeGreaterThan(new Epoch(40, 7));
    }

    /// <summary>All are synced; tg1 is active on the first, tg2 on the third.</summary>
    internal static ReplicaCluster Three()
    {
        var cluster = new ReplicaCluster(3, s_tg1, s_tg2);
        cluster.Start(1, 2);
        cluster.Start(3);
        cluster.Settle();
        if (cluster[3].Roles["tg2"] is not LocalRole.Active)
        {
            cluster.ReportUp();
            cluster.Send(1, new ClusterCommand.ForceStandby("tg2", s_c, 1));
            cluster.Deliver();
            cluster.Send(cluster.Nodes.Single(n => n.Roles["tg2"] is LocalRole.HandingOver).Id.Value, new ClusterCommand.Release("tg2", cluster[1].State.Groups["tg2"].Epoch, 0));
            cluster.Deliver();
        }

        cluster.ReportUp();
        return cluster;
    }
}
