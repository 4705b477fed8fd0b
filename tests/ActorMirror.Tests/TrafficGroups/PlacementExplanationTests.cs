using ActorMirror.Domain.Cluster;
using ActorMirror.Domain.Devices;
using ActorMirror.Domain.TrafficGroups;
using ActorMirror.Tests.Cluster;

namespace ActorMirror.Tests.TrafficGroups;

/// <summary>What an operator reads of a placement, after what happened to it.</summary>
public sealed class PlacementExplanationTests
{
    private static readonly DeviceId s_a = new(1);
    private static readonly DeviceId s_b = new(2);
    private static readonly DeviceId s_c = new(3);

    [Fact]
    public void A_first_placement_follows_the_HA_order()
    {
        var explained = Explain(Three(FailoverPolicy.Default));
        explained.WhyActive.ShouldBe("first placement: the best of the devices that were fit then");
        explained.WhyNextActive.ShouldBe("b holds the copy (prefer-warm)");
        explained.Devices.Select(d => d.Verdict).ShouldBe(["active", "next-active, its copy is complete", "fit; b holds the copy (prefer-warm)"]);
        explained.Changes.ShouldBe(["if a fails it moves to b"]);
        Explain(Three(new FailoverPolicy { PreferWarm = false })).WhyNextActive.ShouldBe("b stands before c in the HA order");
    }

    [Fact]
    public void A_lost_device_and_one_that_lost_a_VLAN_are_named()
    {
        var cluster = Three(new FailoverPolicy { Failback = TimeSpan.FromSeconds(60) });
        cluster.Stop(1, LeaveReason.ProcessDown);
        cluster.Settle();
        var explained = Explain(cluster);
        explained.WhyActive.ShouldBe("the daemon of a died");
        explained.WhyNextActive.ShouldBe("no other device is fit");
        explained.Devices[0].Verdict.ShouldBe("absent");
        explained.Changes.ShouldContain("it goes back to a 60 s after that is fit again, with a complete copy");

        cluster.Start(1);
        cluster.Settle();
        explained = Explain(cluster);
        explained.WhyNextActive.ShouldBe("the group is to go back to a, which its HA order prefers");
        explained.Changes.ShouldContain("it goes back to a when that has been fit for 60 s and its copy is complete");

        cluster.Send(1, new ClusterCommand.Health(["external"]));
        cluster.Settle();
        explained = Explain(cluster);
        explained.WhyNextActive.ShouldBe("a has lost a VLAN of the group");
        explained.Devices[0].Verdict.ShouldBe("fit; a has lost a VLAN of the group");
    }

    [Fact]
    public void Loads_and_scores_are_told_with_their_values()
    {
        var loads = Three(new FailoverPolicy { Method = FailoverMethod.LoadAware, LoadFactor = 2 });
        Explain(loads).WhyNextActive.ShouldBe("b holds the copy (prefer-warm)");
        loads.Capacities[3] = 20;
        loads.Stop(3, LeaveReason.Left);
        loads.Start(3);
        loads.Settle();
        Explain(loads).WhyNextActive.ShouldBe("with the group the load of c is 0.1, that of b would be 0.2");
        Explain(loads).Devices.Select(d => d.Load).ShouldBe([new(2, 10), new(0, 10), new(2, 20)]);

        var scores = Three(new FailoverPolicy { Method = FailoverMethod.HaGroup, HaGroup = "g", ActiveBonus = 10 });
        Explain(scores).Changes.ShouldContain("no score of a counts yet");
        foreach (var (device, score) in new[] { (1, 50), (3, 45) }) scores.Send(device, new ClusterCommand.Scores([new HaScore("g", score)]));
        scores.Settle();
        Explain(scores).Changes.ShouldContain("scores have changed, and count when they stand for a while (cluster.score-damping)");
        scores.SettleScores(1);
        Explain(scores).WhyNextActive.ShouldBe("the score of c is 45, that of b is not known");
        Explain(scores).Changes.ShouldContain("it moves where the score is higher than 60 (50 here and a bonus of 10)");
    }

    [Fact]
    public void What_an_operator_did_is_told()
    {
        var cluster = Three(new FailoverPolicy { Failback = TimeSpan.FromSeconds(60) });
        cluster.Send(1, new ClusterCommand.ForceStandby("tg1", s_b, 1));
        cluster.Settle();
        Explain(cluster).Changes[0].ShouldBe("a handover to b is under way");
        cluster.Complete();
        Explain(cluster).WhyActive.ShouldBe("an operator moved it from a");
        Explain(cluster).Changes.ShouldContain("an operator moved it to b: it does not go back by itself");
        cluster.Send(1, new ClusterCommand.SetOffline(s_b, true, 1));
        cluster.Settle();
        Explain(cluster).Devices[1].Verdict.ShouldBe("active, and to give it away: an operator took it offline");
        cluster.Complete();
        Explain(cluster).WhyActive.ShouldBe("an operator took b offline");
        Explain(cluster).Devices[1].Verdict.ShouldBe("offline: 'amctl device release' brings it back");
    }

    [Fact]
    public void A_group_that_nobody_serves_says_why()
    {
        var cluster = Three(FailoverPolicy.Default);
        foreach (var device in new[] { s_a, s_b, s_c }) cluster.Send(1, new ClusterCommand.SetOffline(device, true, 1));
        cluster.Settle();
        Explain(cluster).WhyActive.ShouldStartWith("nobody serves it: an operator took");
        Explain(cluster).Changes.ShouldBeEmpty();
    }

    private static ReplicaCluster Three(FailoverPolicy policy)
    {
        var cluster = new ReplicaCluster(3, new GroupDeclaration("tg1", [s_a, s_b, s_c], ["external"], 3) { Policy = policy });
        cluster.Start(1, 2, 3);
        cluster.Settle();
        cluster.ReportUp();
        return cluster;
    }

    private static PlacementExplanation Explain(ReplicaCluster cluster)
    {
        var state = cluster.Synced.First().State;
        return PlacementExplanation.Of(state, state.Groups["tg1"], d => $"{(char)('a' + d.Value - 1)}");
    }
}
