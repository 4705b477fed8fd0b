using ActorMirror.Domain.Cluster;
using ActorMirror.Domain.Devices;
using ActorMirror.Domain.TrafficGroups;
using ActorMirror.Tests.Cluster;

namespace ActorMirror.Tests.TrafficGroups;

/// <summary>A group that moved three times because devices failed, seen from the roles that the devices get.</summary>
public sealed class FlapTests
{
    private static readonly DeviceId s_a = new(1);
    private static readonly DeviceId s_b = new(2);
    private static readonly DeviceId s_c = new(3);

    [Fact]
    public void Three_moves_are_made_and_the_fourth_is_not()
    {
        var cluster = Held(out var active, out var mirror);
        var copy = mirror.Roles["tg1"].ShouldBeOfType<LocalRole.Mirror>();
        cluster.Stop(active.Id.Value, LeaveReason.ProcessDown);
        cluster.Settle();
        cluster.Nodes.ShouldAllBe(n => !(n.Roles.GetValueOrDefault("tg1") is LocalRole.Active));
        mirror.Roles["tg1"].ShouldBe(copy, "what it holds may still be needed");
        mirror.Told.ShouldContain(new ClusterNotice.Held("tg1", active.Id, 3));
        mirror.Told[^1].ShouldBe(new ClusterNotice.Unserved("tg1", active.Id, MoveReason.ProcessDown));

        cluster.Start(active.Id.Value);
        cluster.Settle();
        cluster[active.Id.Value].Roles["tg1"].ShouldBeOfType<LocalRole.Active>().Epoch.ShouldBeGreaterThan(copy.Epoch);
        mirror.Roles["tg1"].ShouldBeOfType<LocalRole.Mirror>().Of.ShouldBe(active.Id);
        cluster[active.Id.Value].State.Groups["tg1"].Flaps.Length.ShouldBe(3, "who comes back to its own group has not moved it, and knows what the others know");
        cluster.Violations.ShouldBeEmpty();
    }

    [Fact]
    public void When_a_move_is_long_over_the_one_with_the_copy_takes_the_group_and_waits_for_the_lost_one()
    {
        var cluster = Held(out var active, out var mirror);
        cluster.Stop(active.Id.Value, LeaveReason.ProcessDown);
        cluster.Send(mirror.Id.Value, new ClusterCommand.FlapsOver("tg1", mirror.State.Groups["tg1"].Flaps[0]));
        cluster.Deliver();
        mirror.Roles["tg1"].ShouldBeOfType<LocalRole.Active>().Wait.Fence.Contains(active.Id).ShouldBeTrue();
        mirror.State.Groups["tg1"].IsHeld.ShouldBeTrue("that was the third one within the time");
        mirror.Told.OfType<ClusterNotice.Moved>().Last().ShouldBe(
            new ClusterNotice.Moved("tg1", active.Id, mirror.Id, mirror.Roles["tg1"].Epoch, MoveReason.ProcessDown));
        cluster.Violations.ShouldBeEmpty();
    }

    [Fact]
    public void All_that_is_long_over_is_forgotten_by_whoever_says_it_first()
    {
        var cluster = Held(out var active, out var mirror);
        var moves = mirror.State.Groups["tg1"].Flaps;
        foreach (var node in new[] { active, mirror, active }) cluster.Send(node.Id.Value, new ClusterCommand.FlapsOver("tg1", moves[1]));
        cluster.Send(mirror.Id.Value, new ClusterCommand.FlapsOver("tg9", moves[2]));
        cluster.Deliver();
        mirror.State.Groups["tg1"].Flaps.ShouldBe([moves[2]]);
        mirror.Told.Count(t => t == new ClusterNotice.HoldOver("tg1")).ShouldBe(1);
        cluster.Violations.ShouldBeEmpty();
    }

    [Fact]
    public void A_lost_VLAN_moves_it_only_when_it_is_held_no_more()
    {
        var cluster = Held(out var active, out var mirror);
        cluster.Send(active.Id.Value, new ClusterCommand.Health(["external"]));
        cluster.Deliver();
        active.Roles["tg1"].ShouldBeOfType<LocalRole.Active>();
        cluster.PassFlapWindow(active.Id.Value, "tg1");
        cluster.Deliver();
        mirror.Roles["tg1"].ShouldBeOfType<LocalRole.Active>().Reason.ShouldBe(MoveReason.LinkDown);
    }

    [Fact]
    public void An_operator_is_obeyed_while_its_device_is_there()
    {
        var cluster = Held(out var active, out var mirror);
        cluster.Send(mirror.Id.Value, new ClusterCommand.ForceStandby("tg1", null, 5));
        cluster.Send(active.Id.Value, new ClusterCommand.Release("tg1", active.Roles["tg1"].Epoch, 0));
        cluster.Deliver();
        mirror.Roles["tg1"].ShouldBeOfType<LocalRole.Active>();
        mirror.Told.ShouldContain(new ClusterNotice.RequestFinished(mirror.Id, 5, "tg1", null));
        mirror.State.Groups["tg1"].Flaps.Length.ShouldBe(3, "it does not count, and changes nothing of what did");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void An_operator_is_obeyed_while_nobody_serves_it(bool toAnother)
    {
        var cluster = Held(out var active, out var mirror);
        var target = toAnother ? cluster.Nodes.Single(n => n != active && n != mirror) : mirror;
        cluster.Stop(active.Id.Value, LeaveReason.DeviceDown);
        cluster.Send(mirror.Id.Value, new ClusterCommand.ForceStandby("tg1", toAnother ? target.Id : null, 5));
        cluster.Deliver();
        var role = target.Roles["tg1"].ShouldBeOfType<LocalRole.Active>();
        role.Reason.ShouldBe(MoveReason.Forced);
        role.Wait.Guard.Contains(active.Id).ShouldBeTrue("what is lost may still forward");
        mirror.Told.ShouldContain(new ClusterNotice.RequestFinished(mirror.Id, 5, "tg1", null));
        cluster.Violations.ShouldBeEmpty();
    }

    [Fact]
    public void An_active_that_fails_while_an_operator_moves_the_group_is_followed_by_the_target()
    {
        var cluster = Held(out var active, out var mirror);
        cluster.Send(mirror.Id.Value, new ClusterCommand.ForceStandby("tg1", mirror.Id, 5));
        cluster.Deliver();
        cluster.Stop(active.Id.Value, LeaveReason.ProcessDown);
        mirror.Roles["tg1"].ShouldBeOfType<LocalRole.Active>();
        mirror.State.Groups["tg1"].Flaps.Length.ShouldBe(3);
        cluster.Violations.ShouldBeEmpty();
    }

    [Fact]
    public void A_device_that_leaves_in_good_order_is_followed()
    {
        var cluster = Held(out var active, out var mirror);
        cluster.Stop(active.Id.Value, LeaveReason.Left);
        mirror.Roles["tg1"].ShouldBeOfType<LocalRole.Active>().Reason.ShouldBe(MoveReason.Left);
        cluster.Violations.ShouldBeEmpty();
    }

    /// <summary>Whoever was active failed, three times, and came back.</summary>
    private static ReplicaCluster Held(out ReplicaCluster.Node active, out ReplicaCluster.Node mirror)
    {
        var cluster = new ReplicaCluster(3, new GroupDeclaration("tg1", [s_a, s_b, s_c], ["external"], 3));
        cluster.Start(1, 2, 3);
        cluster.Settle();
        for (var failures = 0; failures < 3; failures++)
        {
            cluster.ReportUp();
            var felled = Active().Id.Value;
            cluster.Stop(felled, (LeaveReason)(1 + (failures % 2)));
            Active().State.Groups["tg1"].Flaps.Length.ShouldBe(failures + 1);
            cluster.Start(felled);
            cluster.Settle();
        }

        cluster.ReportUp();
        (active, mirror) = (Active(), cluster.Nodes.Single(n => n.Roles["tg1"] is LocalRole.Mirror));
        active.State.Groups["tg1"].IsHeld.ShouldBeTrue();
        return cluster;

        ReplicaCluster.Node Active() => cluster.Nodes.Single(n => n.Running && n.Roles["tg1"] is LocalRole.Active);
    }
}
