using System.Collections.Immutable;
using ActorMirror.Domain.Cluster;
using ActorMirror.Domain.Devices;
using ActorMirror.Domain.TrafficGroups;
using ActorMirror.Tests.Support;
using FsCheck;
using FsCheck.Fluent;

namespace ActorMirror.Tests.Cluster;

/// <summary>What must hold for every schedule of faults, commands and partial deliveries, for two to five devices.</summary>
public sealed class ClusterPropertyTests
{
    /// <summary>One step of a schedule: what happens, to whom, and how many commands are delivered before the next one.</summary>
    public readonly record struct Step(int Kind, int Device, int Other, int Deliver);

    [Fact]
    public void Every_schedule_keeps_one_active_per_group_and_one_state_per_part() => Check(Gen.Choose(2, 5), (size, steps) =>
    {
        var cluster = Run(size, steps);
        cluster.Violations.ShouldBeEmpty();
        foreach (var node in cluster.Synced) CheckState(node.State);
        CheckHistory(cluster);
    });

    [Fact]
    public void After_every_schedule_all_running_devices_of_a_quorate_part_are_synced_and_serve_all() => Check(Gen.Choose(2, 5), (size, steps) =>
    {
        var cluster = Run(size, steps);
        cluster.Heal();
        cluster.Settle();
        foreach (var node in cluster.Synced.ToList())
        {
            foreach (var group in cluster.Groups) cluster.PassFlapWindow(node.Id.Value, group.Name);
        }

        cluster.Complete();
        cluster.Violations.ShouldBeEmpty();
        var running = cluster.Nodes.Where(n => n.Running).ToList();
        if (running.Count <= size / 2) return;
        cluster.Synced.Select(n => n.Id).ShouldBe(running.Select(n => n.Id), ignoreOrder: true);
        var fit = running.Where(n => !n.State.Devices[n.Id].Offline).ToList();
        foreach (var group in cluster.Groups)
        {
            fit.Count(n => n.Roles[group.Name] is LocalRole.Active or LocalRole.HandingOver).ShouldBe(fit.Count > 0 ? 1 : 0);
            fit.Count(n => n.Roles[group.Name] is LocalRole.Mirror).ShouldBe(fit.Count > 1 ? 1 : 0);
            running.Except(fit).ShouldAllBe(n => n.Roles[group.Name] is LocalRole.Cold);
        }
    });

    [Fact]
    public void After_every_schedule_each_group_is_where_its_method_wants_it_and_stays_there() => Check(Gen.Choose(2, 5), (size, steps) =>
    {
        var cluster = Run(size, steps);
        cluster.Heal();
        cluster.Settle();
        if (cluster.Synced.FirstOrDefault() is not { } any) return;
        foreach (var group in cluster.Groups) cluster.PassFlapWindow(any.Id.Value, group.Name);
        cluster.SettleScores(any.Id.Value);
        cluster.Complete();
        SayFailback(cluster, any);
        cluster.Complete();
        CheckMethods(any.State);
        var before = any.State;
        cluster.Send(any.Id.Value, new ClusterCommand.FlapsOver("none", Epoch.None));
        cluster.Settle();
        StateCodec.Encode(any.State with { Position = before.Position }).ShouldBe(StateCodec.Encode(before), "an event that says nothing changes nothing");
    });

    [Fact]
    public void What_an_operator_said_of_a_device_is_not_forgotten() => Check(Gen.Choose(2, 5), (size, steps) =>
    {
        var cluster = Run(size, steps);
        cluster.Heal();
        cluster.Settle();
        foreach (var node in cluster.Synced.ToList())
        {
            foreach (var word in cluster.Synced.SelectMany(n => cluster.Journals.GetValueOrDefault(n.Id, [])))
            {
                var known = node.State.Devices[word.Device];
                known.OfflineAt.ShouldBeGreaterThanOrEqualTo(word.At);
                if (known.OfflineAt == word.At) known.Offline.ShouldBe(word.Offline);
            }
        }
    });

    [Fact]
    public void A_device_that_got_the_state_by_transfer_decides_like_those_that_applied_every_event() => Check(Gen.Choose(3, 5), (size, steps) =>
    {
        var cluster = Run(size, steps);
        cluster.Heal();
        cluster.Settle();
        foreach (var node in cluster.Nodes.Where(n => n.Running).ToList()) cluster.Reenter(node.Id.Value);
        cluster.Settle();
        cluster.Violations.ShouldBeEmpty();
        cluster.Synced.Select(n => Convert.ToHexString(StateCodec.Encode(n.State))).Distinct().Count().ShouldBeLessThanOrEqualTo(1);
    });

    [Fact]
    public void Random_bytes_are_neither_a_command_nor_a_state_and_never_throw() => Prop.ForAll<byte[]>(bytes =>
    {
        byte[] versioned = [CommandCodec.Version, .. bytes];
        if (CommandCodec.Decode(versioned, out var reason) is { } command) CommandCodec.Encode(command).ShouldBe(versioned);
        else reason.ShouldNotBeNullOrEmpty();
        if (StateCodec.Decode(versioned, out reason) is null) reason.ShouldNotBeNullOrEmpty();
    }).QuickCheckThrowOnFailure();

    private static void Check(Gen<int> sizes, Action<int, Step[]> property)
    {
        var step =
            from kind in Gen.Choose(0, 17)
            from device in Gen.Choose(1, 5)
            from other in Gen.Choose(1, 5)
            from deliver in Gen.Elements(0, 1, 2, 5, 1000)
            select new Step(kind, device, other, deliver);
        var schedules = from size in sizes from steps in step.ArrayOf() select (size, steps);
        Prop.ForAll(Arb.From(schedules, Shorter), s => property(s.size, s.steps)).Check(Schedules.Runs(endSize: 60, cases: 500));
    }

    /// <summary>Without any one of the steps.</summary>
    private static IEnumerable<(int Size, Step[] Steps)> Shorter((int Size, Step[] Steps) schedule) =>
        schedule.Steps.Select((_, i) => (schedule.Size, (Step[])[.. schedule.Steps[..i], .. schedule.Steps[(i + 1)..]]));

    private static ReplicaCluster Run(int size, Step[] steps)
    {
        var devices = Enumerable.Range(1, size).Select(i => new DeviceId(i)).ToImmutableArray();
        var cluster = new ReplicaCluster(
            size,
            new GroupDeclaration("tg1", devices, ["external"], 3),
            new GroupDeclaration("tg2", [.. devices.Reverse()], ["external", "internal"], 3) { Policy = new() { Failback = TimeSpan.FromSeconds(1), PreferWarm = false } },
            new GroupDeclaration("tg3", devices, ["external"], 3) { Policy = new() { Method = FailoverMethod.LoadAware, LoadFactor = 3 } },
            new GroupDeclaration("tg4", devices, ["internal"], 3) { Policy = new() { Method = FailoverMethod.HaGroup, HaGroup = "g", ActiveBonus = 10 } });
        cluster.Capacities[2] = 20;
        cluster.Start([.. devices.Select(d => d.Value)]);
        cluster.Deliver(steps.Length % 40);
        foreach (var step in steps)
        {
            Take(cluster, size, step);
            cluster.Deliver(step.Deliver);
        }

        cluster.Settle();
        return cluster;
    }

    private static void Take(ReplicaCluster cluster, int size, Step step)
    {
        var node = cluster[((step.Device - 1) % size) + 1];
        var other = cluster[((step.Other - 1) % size) + 1];
        var (id, group) = (node.Id.Value, $"tg{(step.Other % 4) + 1}");
        switch (step.Kind)
        {
            case 0 or 1 when node.Running:
                cluster.Stop(id, (LeaveReason)(step.Other % 3));
                break;
            case 0 or 1 or 2 or 3 when !node.Running:
                cluster.Channels = cluster.Channels with { PerGroup = 1 + step.Other % 4 };
                cluster.Start(id);
                break;
            case 4 when node.Running:
                cluster.Cut(id, other.Id.Value);
                break;
            case 5:
                cluster.Heal();
                break;
            case 6 when node.Running:
                cluster.Send(id, new ClusterCommand.ForceStandby(group, step.Deliver == 1 ? null : other.Id, 1));
                break;
            case 7 when node.Running && node.Roles.GetValueOrDefault(group) is LocalRole.HandingOver role:
                cluster.Send(id, new ClusterCommand.Release(group, role.Epoch, 5));
                break;
            case 8 when node.Running:
                cluster.Send(id, new ClusterCommand.Health(step.Other % 2 == 0 ? [] : ["external"]));
                break;
            case 9 when node.Running && other.Running && cluster.Synced.Contains(node):
                cluster.Send(id, new ClusterCommand.Suspect(other.Id, other.Replica.Incarnation, "silent"));
                break;
            case 10 when node.Running:
                cluster.Reenter(id);
                break;
            case 11:
                cluster.ReportUp();
                break;
            case 12 when cluster.Synced.Contains(node):
                cluster.PassFlapWindow(id, group);
                break;
            case 13 when cluster.Synced.Contains(node):
                SayFailback(cluster, node);
                break;
            case 14 when node.Running:
                cluster.Send(id, new ClusterCommand.SetOffline(other.Id, step.Deliver % 2 == 0, 1));
                break;
            case 15 when node.Running:
                cluster.Send(id, new ClusterCommand.Scores([new HaScore("g", 15 * step.Other)]));
                break;
            case 16 when cluster.Synced.Contains(node):
                cluster.Send(id, new ClusterCommand.ScoresSettled(node.State.ScoresChanged));
                break;
            case 17 when node.Running && node.Roles.GetValueOrDefault(group) is LocalRole.HandingOver role:
                cluster.Send(id, new ClusterCommand.HandoverAborted(group, role.Epoch, "test"));
                break;
        }
    }

    private static void SayFailback(ReplicaCluster cluster, ReplicaCluster.Node node)
    {
        foreach (var group in node.State.Groups.Values)
        {
            if (node.State.FailbackTarget(group) is { } target) cluster.Send(node.Id.Value, new ClusterCommand.FailbackDue(group.Name, group.Epoch, target));
        }

        cluster.Settle();
    }

    private static void CheckMethods(ClusterState state)
    {
        bool Fit(DeviceId d) => state.IsSynced(d) && !state.Devices[d].Offline;
        foreach (var group in state.Groups.Values.Where(g => g is { Active: not null, IsUp: true, IsHeld: false }))
        {
            bool Healthy(DeviceId d) => !group.Vlans.Any(state.Devices[d].FailedVlans.Contains);
            int Score(DeviceId d) => state.Devices[d].CountedScores.GetValueOrDefault("g", -1);
            var (active, rest) = (group.Active!.Value, group.HaOrder.Where(d => Fit(d) && d != group.Active).ToList());
            if (rest.Exists(Healthy)) Healthy(group.NextActive!.Value).ShouldBeTrue(group.Name);
            var equals = rest.FindAll(d => Healthy(d) == Healthy(group.NextActive!.Value));
            switch (group.Policy.Method)
            {
                case FailoverMethod.HaOrder when group.Policy.Failback is not null && !group.IsPinned && rest.Exists(Healthy):
                    group.HaOrder.TakeWhile(d => d != active).Where(d => Fit(d) && Healthy(d)).ShouldBeEmpty(group.Name);
                    break;
                case FailoverMethod.LoadAware:
                    foreach (var d in equals) (Load(d) < Load(group.NextActive!.Value)).ShouldBeFalse();
                    break;
                case FailoverMethod.HaGroup when equals.Count > 0:
                    Score(group.NextActive!.Value).ShouldBe(equals.Max(Score));
                    if (!group.IsPinned && Healthy(group.NextActive.Value) && Score(active) >= 0) Score(group.NextActive.Value).ShouldBeLessThanOrEqualTo(Score(active) + 10);
                    break;
            }

            DeviceLoad Load(DeviceId d) => DeviceLoad.Of(state, d, except: group.Name) is var load ? load with { Factors = load.Factors + 3 } : default;
        }
    }

    private static void CheckState(ClusterState state)
    {
        state.Groups.Values.SelectMany(g => Enumerable.Range(g.Port, g.Channels)).ShouldBeUnique();
        state.Groups.Values.Max(g => g.Channels).ShouldBe(state.Devices.Values.Max(d => d.Channels));
        state.Groups.Values.Select(g => g.Number).ShouldBeUnique();
        StateCodec.Encode(StateCodec.Decode(StateCodec.Encode(state), out _).ShouldNotBeNull()).ShouldBe(StateCodec.Encode(state));
        foreach (var group in state.Groups.Values)
        {
            group.Flaps.Length.ShouldBeLessThanOrEqualTo(group.FlapLimit);
            group.Flaps.ShouldBe(group.Flaps.Order());
            group.Port.ShouldBeInRange(1029, 1155);
            if (group.NextActive is { } next)
            {
                next.ShouldNotBe(group.Active ?? default);
                if (!state.Settling) (state.IsSynced(next) && !state.Devices[next].Offline).ShouldBeTrue();
                if (!state.Settling && group.Handover is { } handover) handover.Target.ShouldBe(next);
            }

            if (state.Settling || group.Active is not { } active) continue;
            state.IsSynced(active).ShouldBeTrue();
            group.HaOrder.ShouldContain(active);
            bool Healthy(DeviceId d) => !group.Vlans.Any(state.Devices[d].FailedVlans.Contains);
            var others = group.HaOrder.Where(d => d != active && state.IsSynced(d) && !state.Devices[d].Offline).ToList();
            if (!Healthy(active) && !group.IsHeld) others.Exists(Healthy).ShouldBeFalse();
            if (state.Devices[active].Offline) (others.Count > 0 && group.Handover is not null).ShouldBeTrue("it gives the group away");
        }
    }

    /// <summary>Epochs only grow, on each device and from device to device, and each has one owner.</summary>
    private static void CheckHistory(ReplicaCluster cluster)
    {
        var moves = cluster.Nodes.SelectMany(n => n.Told.OfType<ClusterNotice.Moved>()).ToList();
        foreach (var epoch in moves.GroupBy(m => (m.Group, m.Epoch))) epoch.Select(m => m.To).Distinct().Count().ShouldBe(1);
        foreach (var node in cluster.Nodes)
        {
            foreach (var group in node.Told.OfType<ClusterNotice.Moved>().GroupBy(m => m.Group))
            {
                group.Zip(group.Skip(1)).ShouldAllBe(pair => pair.First.Epoch < pair.Second.Epoch);
            }
        }
    }
}
