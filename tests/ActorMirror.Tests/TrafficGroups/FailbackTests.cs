using ActorMirror.Actors.Devices;
using ActorMirror.Domain.Cluster;
using ActorMirror.Domain.Devices;
using ActorMirror.Domain.TrafficGroups;
using ActorMirror.Tests.Cluster;
using ActorMirror.Tests.Support;

namespace ActorMirror.Tests.TrafficGroups;

public sealed class FailbackTests
{
    private static readonly DeviceId s_a = new(1);
    private static readonly DeviceId s_b = new(2);
    private static readonly DeviceId s_c = new(3);
    private static readonly TimeSpan s_delay = TimeSpan.FromSeconds(60);

    [Fact]
    public void A_returned_device_becomes_next_active_and_takes_the_group_when_the_word_comes_and_its_copy_is_complete()
    {
        var cluster = Returned(out var epoch);
        cluster[2].Roles["tg1"].ShouldBeOfType<LocalRole.Active>().Peer!.Value.Device.ShouldBe(s_a);
        cluster[3].Roles["tg1"].ShouldBeOfType<LocalRole.Cold>("it gave the copy up");
        Due(cluster, epoch);
        cluster[2].Roles["tg1"].ShouldBeOfType<LocalRole.Active>("the copy is not complete");
        cluster.ReportUp();
        Due(cluster, epoch);
        cluster[2].Roles["tg1"].ShouldBeOfType<LocalRole.HandingOver>().Peer.Device.ShouldBe(s_a);
        Due(cluster, epoch); // the other devices say it, too
        cluster.Complete();
        cluster[1].Roles["tg1"].ShouldBeOfType<LocalRole.Active>().Reason.ShouldBe(MoveReason.Failback);
        cluster[3].Told.OfType<ClusterNotice.RequestFinished>().ShouldBeEmpty();
        cluster.Violations.ShouldBeEmpty();
    }

    [Fact]
    public void A_word_of_another_ownership_or_to_another_device_moves_nothing()
    {
        var cluster = Returned(out var epoch);
        cluster.ReportUp();
        Due(cluster, new Epoch(epoch.Ring, epoch.Index - 1));
        cluster.Send(3, new ClusterCommand.FailbackDue("tg1", epoch, s_c));
        cluster.Send(3, new ClusterCommand.FailbackDue("tg9", epoch, s_a));
        cluster.Settle();
        cluster[2].Roles["tg1"].ShouldBeOfType<LocalRole.Active>();
    }

    [Fact]
    public void What_an_operator_moved_stays_until_a_failure_moves_it()
    {
        var cluster = Three();
        cluster.Send(1, new ClusterCommand.ForceStandby("tg1", s_b, 7));
        cluster.Settle();
        cluster.Complete();
        Due(cluster, cluster[2].Roles["tg1"].Epoch);
        cluster[2].Roles["tg1"].ShouldBeOfType<LocalRole.Active>();
        cluster[2].State.FailbackTarget(cluster[2].State.Groups["tg1"]).ShouldBeNull();
        cluster.Stop(2, LeaveReason.ProcessDown);
        cluster.Settle();
        cluster[1].Roles["tg1"].ShouldBeOfType<LocalRole.Active>("it held the copy");
        cluster.Start(2);
        cluster.Settle();
        cluster.ReportUp();
        cluster.Stop(1, LeaveReason.ProcessDown);
        cluster.Start(1);
        cluster.Settle();
        cluster[3].State.FailbackTarget(cluster[3].State.Groups["tg1"]).ShouldBe(s_a);
        cluster.Violations.ShouldBeEmpty();
    }

    [Fact]
    public void An_attempt_that_comes_to_nothing_is_told_and_leaves_the_group_where_it_is()
    {
        var cluster = Returned(out var epoch);
        cluster.ReportUp();
        Due(cluster, epoch);
        cluster.Send(2, new ClusterCommand.HandoverAborted("tg1", epoch, "the mirror did not apply the last changes in time"));
        cluster.Settle();
        cluster[2].Roles["tg1"].ShouldBeOfType<LocalRole.Active>().Epoch.ShouldBe(epoch);
        cluster[3].Told[^1].ShouldBe(new ClusterNotice.NotHandedOver("tg1", s_a, MoveReason.Failback, "the mirror did not apply the last changes in time"));
    }

    [Fact]
    public void The_delay_begins_when_the_device_is_fit_and_anew_when_it_is_not_or_an_attempt_failed()
    {
        var cluster = Returned(out var epoch);
        var time = new FakeTimeProvider();
        var watch = new FailbackWatch(time);
        var due = new ClusterCommand.FailbackDue("tg1", epoch, s_a);
        watch.Look(cluster[3].Replica).ShouldBeEmpty();
        time.Advance(s_delay);
        watch.Look(cluster[3].Replica).ShouldBeEmpty("the copy is not complete");
        cluster.ReportUp();
        watch.Look(cluster[3].Replica).ShouldBe([due], "it had its time");

        cluster.Send(1, new ClusterCommand.Health(["external"]));
        cluster.Settle();
        watch.Look(cluster[3].Replica).ShouldBeEmpty();
        cluster.Send(1, new ClusterCommand.Health([]));
        cluster.Settle();
        cluster.ReportUp();
        watch.Look(cluster[3].Replica).ShouldBeEmpty("the time begins anew");
        time.Advance(s_delay);
        watch.Look(cluster[3].Replica).ShouldBe([due]);

        cluster.Send(3, due);
        cluster.Settle();
        watch.Look(cluster[3].Replica).ShouldBeEmpty();
        cluster.Send(2, new ClusterCommand.HandoverAborted("tg1", epoch, "test"));
        cluster.Settle();
        watch.Look(cluster[3].Replica).ShouldBeEmpty("the time begins anew");
        time.Advance(s_delay);
        watch.Look(cluster[3].Replica).ShouldBe([due]);
    }

    /// <summary>a failed, b took over with c behind it, a is back.</summary>
    private static ReplicaCluster Returned(out Epoch epoch)
    {
        var cluster = Three();
        cluster.Stop(1, LeaveReason.DeviceDown);
        cluster.ReportUp();
        cluster[3].Roles["tg1"].ShouldBeOfType<LocalRole.Mirror>();
        cluster.Start(1);
        cluster.Settle();
        epoch = cluster[2].Roles["tg1"].Epoch;
        return cluster;
    }

    private static ReplicaCluster Three()
    {
        var cluster = new ReplicaCluster(3, new GroupDeclaration("tg1", [s_a, s_b, s_c], ["external"], 3) { Policy = new FailoverPolicy { Failback = s_delay } });
        cluster.Start(1, 2, 3);
        cluster.Settle();
        cluster.ReportUp();
        return cluster;
    }

    private static void Due(ReplicaCluster cluster, Epoch epoch)
    {
        cluster.Send(3, new ClusterCommand.FailbackDue("tg1", epoch, s_a));
        cluster.Settle();
    }
}
