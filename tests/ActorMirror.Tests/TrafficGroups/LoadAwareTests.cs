using System.Collections.Immutable;
using ActorMirror.Domain.Cluster;
using ActorMirror.Domain.Devices;
using ActorMirror.Domain.TrafficGroups;
using ActorMirror.Tests.Cluster;
using FsCheck;
using FsCheck.Fluent;

namespace ActorMirror.Tests.TrafficGroups;

public sealed class LoadAwareTests
{
    private static readonly DeviceId s_a = new(1);
    private static readonly DeviceId s_b = new(2);
    private static readonly DeviceId s_c = new(3);

    /// <summary>The vector of BIG-IP: a group that is being placed is left out of the loads.</summary>
    [Fact]
    public void Of_capacities_10_10_and_20_with_groups_on_each_the_largest_backs_the_others_up()
    {
        var cluster = new ReplicaCluster(
            3, LoadAware("tg1", 1, s_a, s_b, s_c), LoadAware("tg2", 1, s_b, s_a, s_c), LoadAware("tg3", 1, s_c, s_a, s_b), LoadAware("tg4", 1, s_c, s_a, s_b));
        cluster.Capacities[3] = 20;
        cluster.Start(1, 2, 3);
        cluster.Settle();
        foreach (var (group, home) in new[] { ("tg1", s_a), ("tg2", s_b), ("tg3", s_c), ("tg4", s_c) }) MoveTo(cluster, group, home);
        var state = cluster[1].State;
        state.Groups.Values.Select(g => g.Active!.Value).ShouldBe([s_a, s_b, s_c, s_c]);

        DeviceLoad.Of(state, s_a, except: "tg2").ToString().ShouldBe("0.2");
        DeviceLoad.Of(state, s_b, except: "tg1").ToString().ShouldBe("0.2");
        DeviceLoad.Of(state, s_c, except: "tg1").ToString().ShouldBe("0.15");
        DeviceLoad.Of(state, s_c, except: "tg2").ToString().ShouldBe("0.15");
        state.Groups["tg1"].NextActive.ShouldBe(s_c);
        state.Groups["tg2"].NextActive.ShouldBe(s_c);
        cluster.Violations.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(1, 10, 3, 30, 0)]
    [InlineData(1, 3, 1, 2, -1)]
    [InlineData(63_000, 100_000, 62_999, 99_999, 1)]
    [InlineData(2_000_000_000, 100_000, 2_000_000_000, 99_999, -1)]
    public void Loads_are_compared_without_rounding(int factors, int capacity, int otherFactors, int otherCapacity, int expected) =>
        Math.Sign(new DeviceLoad(factors, capacity).CompareTo(new DeviceLoad(otherFactors, otherCapacity))).ShouldBe(expected);

    /// <summary>Any factors and capacities: nobody has a reason to move a copy, and who looks again finds the same.</summary>
    [Fact]
    public void Every_copy_is_where_the_load_is_lowest() => Prop.ForAll(Groups().ToArbitrary(), setup =>
    {
        var cluster = new ReplicaCluster(5, [.. setup.Factors.Select((f, i) => LoadAware($"tg{i}", f, setup.Warm, [.. Order(setup.Seed + i)]))]);
        for (var i = 0; i < 5; i++) cluster.Capacities[i + 1] = setup.Capacities[i];
        cluster.Start(1, 2, 3, 4, 5);
        cluster.Settle();
        cluster.ReportUp();
        cluster.Stop((setup.Seed % 5) + 1, LeaveReason.DeviceDown);
        cluster.Settle();
        var state = cluster.Synced.First().State;
        foreach (var group in state.Groups.Values)
        {
            DeviceLoad With(DeviceId d) => DeviceLoad.Of(state, d, except: group.Name) is var load ? load with { Factors = load.Factors + group.Policy.LoadFactor } : default;
            foreach (var other in cluster.Synced.Where(n => n.Id != group.Active)) (With(group.NextActive!.Value) > With(other.Id)).ShouldBeFalse();
        }

        var before = StateCodec.Encode(state);
        cluster.Send(cluster.Synced.First().Id.Value, new ClusterCommand.Synced(1));
        cluster.Settle();
        StateCodec.Encode(cluster.Synced.First().State with { Position = state.Position }).ShouldBe(before);
    }).Check(Support.Schedules.Runs(endSize: 20, cases: 100));

    private static Gen<(int[] Factors, int[] Capacities, int Seed, bool Warm)> Groups() =>
        from factors in Gen.Elements(1, 1, 2, 3, 5, 100, 1000).ArrayOf(9)
        from capacities in Gen.Elements(1, 2, 5, 10, 10, 20, 1000).ArrayOf(5)
        from seed in Gen.Choose(0, 1000)
        from warm in Gen.Elements(true, false)
        select (factors, capacities, seed, warm);

    private static IEnumerable<DeviceId> Order(int seed) => Enumerable.Range(0, 5).Select(i => new DeviceId(((seed + (i * (1 + (seed % 4)))) % 5) + 1));

    private static GroupDeclaration LoadAware(string name, int factor, params DeviceId[] order) => LoadAware(name, factor, true, order);

    private static GroupDeclaration LoadAware(string name, int factor, bool warm, params DeviceId[] order) =>
        new(name, [.. order], [], 3) { Policy = new FailoverPolicy { Method = FailoverMethod.LoadAware, LoadFactor = factor, PreferWarm = warm } };

    private static void MoveTo(ReplicaCluster cluster, string group, DeviceId target)
    {
        cluster.ReportUp();
        if (cluster[1].State.Groups[group].Active == target) return;
        cluster.Send(1, new ClusterCommand.ForceStandby(group, target, 1));
        cluster.Settle();
        cluster.Complete();
    }
}
