using System.Collections.Immutable;
using ActorMirror.Actors.Devices;
using ActorMirror.Cluster;
using ActorMirror.Cluster.Simulated;
using ActorMirror.Domain.Cluster;
using ActorMirror.Domain.Devices;
using ActorMirror.Domain.TrafficGroups;
using ActorMirror.Tests.Support;
using FsCheck;
using FsCheck.Fluent;

namespace ActorMirror.Tests.Cluster;

/// <summary>
/// Automatic moves over the simulated engine, in virtual time, with every device's own clocks: crashes, partitions, scores that come and go and
/// operators at any time; then calm, and everything is where it belongs.
/// </summary>
public sealed class SimulatedPlacementTests
{
    private static readonly TimeSpan s_step = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan s_damping = TimeSpan.FromSeconds(4);
    private static readonly TimeSpan s_delay = TimeSpan.FromSeconds(6);

    // Longer than three dampings and a flap window.
    private static readonly TimeSpan s_calm = TimeSpan.FromSeconds(40);

    [Fact]
    public void After_any_schedule_calm_brings_every_group_where_its_method_wants_it() => Prop.ForAll(
        Gen.Choose(0, int.MaxValue).ArrayOf(20).ToArbitrary(), Gen.Choose(1, 100_000).ToArbitrary(), (steps, seed) =>
        {
            var run = new Run(3 + (seed % 2), seed);
            foreach (var step in steps) run.Do(step);
            run.Calm();
            run.Check();
        }).Check(Schedules.Runs(endSize: 100, cases: 40));

    private sealed class Run
    {
        private readonly SimulatedCluster cluster;
        private readonly List<Node> nodes;

        public Run(int devices, int seed)
        {
            cluster = new SimulatedCluster(devices, seed);
            ImmutableArray<DeviceId> order = [.. cluster.Devices];
            ImmutableArray<GroupDeclaration> groups =
            [
                new("back", order, ["external"], 3) { Policy = new FailoverPolicy { Failback = s_delay } },
                new("scored", order, [], 3) { Policy = new FailoverPolicy { Method = FailoverMethod.HaGroup, HaGroup = "g", ActiveBonus = 10 } },
                new("loaded", order, [], 3) { Policy = new FailoverPolicy { Method = FailoverMethod.LoadAware, LoadFactor = 5 } },
            ];
            nodes = [.. order.Select(d => new Node(cluster, d, groups))];
            Pass(s_calm);
        }

        public void Do(int step)
        {
            var node = nodes[step / 10 % nodes.Count];
            switch (step % 10)
            {
                case 0:
                    node.Fall();
                    break;
                case 1:
                    cluster.Partition([.. nodes.TakeWhile(n => n != node).Select(n => n.Id)]);
                    break;
                case 2 or 3:
                    cluster.Heal();
                    break;
                case 4:
                    node.Send(new ClusterCommand.SetOffline(nodes[step / 100 % nodes.Count].Id, Offline: true, 1));
                    break;
                case 5:
                    node.Send(new ClusterCommand.SetOffline(nodes[step / 100 % nodes.Count].Id, Offline: false, 1));
                    break;
                case 6 or 7:
                    node.Score = 15 * (step / 100 % 4);
                    break;
                case 8:
                    node.Vlan(step / 100 % 2 == 0);
                    break;
                case 9:
                    node.Send(new ClusterCommand.ForceStandby(step / 100 % 2 == 0 ? "back" : "scored", null, 2));
                    break;
            }

            Pass(TimeSpan.FromMilliseconds(step / 1000 % 50 * 100));
        }

        public void Calm()
        {
            cluster.Heal();
            foreach (var node in nodes) node.Vlan(works: true);
            Pass(s_calm);
        }

        public void Check()
        {
            nodes.ShouldAllBe(n => n.IsIn);
            var state = nodes[0].Replica.State!;
            nodes.Select(n => Convert.ToHexString(StateCodec.Encode(n.Replica.State!))).Distinct().Count().ShouldBe(1);
            var fit = nodes.Where(n => !state.Devices[n.Id].Offline).ToList();
            state.ScoresChanged.ShouldBe(Epoch.None);
            foreach (var group in state.Groups.Values)
            {
                group.Handover.ShouldBeNull(group.Name);
                nodes.Count(n => n.Role(group.Name) is LocalRole.Active).ShouldBe(fit.Count > 0 ? 1 : 0, group.Name);
                nodes.Except(fit).ShouldAllBe(n => n.Role(group.Name) is LocalRole.Cold);
            }

            if (fit.Count == 0) return;
            var back = state.Groups["back"];
            if (!back.IsPinned) back.Active.ShouldBe(fit[0].Id);
            var scored = state.Groups["scored"];
            int Score(DeviceId? device) => state.Devices[device!.Value].CountedScores["g"];
            nodes.Select(n => Score(n.Id)).ShouldBe(nodes.Select(n => n.Score));
            if (!scored.IsPinned) Score(scored.Active).ShouldBeGreaterThanOrEqualTo(fit.Max(n => n.Score) - 10);
        }

        private void Pass(TimeSpan time)
        {
            for (var end = cluster.Time.Now + time; cluster.Time.Now < end;)
            {
                cluster.Advance(s_step);
                foreach (var node in nodes) node.Step();
            }
        }
    }

    /// <summary>A device without its data plane: a copy is complete, and a group up, as soon as it is decided.</summary>
    private sealed class Node : IHeartbeatObserver
    {
        private static readonly TimeSpan s_flapWindow = TimeSpan.FromSeconds(10);

        private readonly SimulatedCluster cluster;
        private readonly ImmutableArray<GroupDeclaration> groups;
        private readonly FlapWatch flaps;
        private readonly FailbackWatch failbacks;
        private ScoreWatch scores;
        private ClusterCommand? told, health;
        private RingId? said;
        private ImmutableArray<OfflineWord> journal = [];
        private SimulatedEngine? engine;
        private TimeSpan startAt;
        private ulong workers;
        private int steps;

        public Node(SimulatedCluster cluster, DeviceId id, ImmutableArray<GroupDeclaration> groups)
        {
            (this.cluster, Id, this.groups) = (cluster, id, groups);
            (flaps, failbacks, scores) = (new FlapWatch(cluster.Time, s_flapWindow), new FailbackWatch(cluster.Time), new ScoreWatch(cluster.Time, s_damping));
            Start();
        }

        public DeviceId Id { get; }

        public int Score { get; set; } = 30;

        public ClusterReplica Replica { get; private set; } = null!;

        public bool IsIn => engine is not null && Replica is { Phase: SyncPhase.Established, IsWaiting: false };

        public LocalRole? Role(string group) => IsIn ? Replica.State!.RoleOf(Id, group) : null;

        public void Heard(DeviceId device, long sentAt, RingId ring, bool valid)
        {
        }

        public bool MaySend() => true;

        public void Vlan(bool works) => Send(health = new ClusterCommand.Health(works ? [] : ["external"]));

        public void Fall()
        {
            if (engine is null) return;
            cluster.KillWorker(Id);
            cluster.Fence(Id);
            engine = null;
            startAt = cluster.Time.Now + TimeSpan.FromSeconds(1);
        }

        public void Step()
        {
            if (engine is null)
            {
                if (cluster.Time.Now >= startAt) Start();
                return;
            }

            while (engine.Events.TryRead(out var next))
            {
                var wasIn = IsIn;
                Carry(Replica.Handle(next));
                if (wasIn || !IsIn) continue;
                foreach (var kept in new[] { told, health }.OfType<ClusterCommand>()) Send(kept);
            }

            if (Replica.View?.Ring != said)
            {
                said = Replica.View?.Ring;
                foreach (var kept in new[] { told, health }.OfType<ClusterCommand>()) Send(kept);
            }

            if (++steps % 5 != 0) return;
            if (Replica.IsWaiting) Carry(Replica.Retry());
            scores.See([new HaScore("g", Score)]);
            if (scores.Tell() is { } changed) Send(told = changed);
            foreach (var command in flaps.Look(Replica)) Send(command);
            foreach (var command in failbacks.Look(Replica)) Send(command);
            if (scores.Look(Replica) is { } settled) Send(settled);
            foreach (var group in groups) Serve(group.Name);
        }

        public void Send(ClusterCommand command)
        {
            if (engine is not null && Replica.View is { } view) engine.TrySend(view.Ring, CommandCodec.Encode(command));
        }

        private void Serve(string name)
        {
            if (Replica.State?.Groups.GetValueOrDefault(name) is not { } group) return;
            switch (Role(name))
            {
                case LocalRole.HandingOver handing:
                    Send(new ClusterCommand.Release(name, handing.Epoch, 0));
                    break;
                case LocalRole.Active active:
                    if (!group.IsUp) Send(new ClusterCommand.Promoted(name, active.Epoch, 0, 0, 0, 0, 0, null));
                    if (active.Peer is { } peer && !group.CopyComplete) Send(new ClusterCommand.MirrorStatus(name, active.Epoch, peer.Device, true, 1));
                    break;
            }
        }

        private void Start()
        {
            var highest = journal.Select(w => w.At).Append(Epoch.None).Max();
            Replica = ClusterReplica.Create(
                Id, (++workers * 1000) + (ulong)Id.Value, new Declaration(1, highest, groups, [], [], [], new ChannelDemand(1029, 1155, 1)) { Offline = journal });
            (scores, told, said) = (new ScoreWatch(cluster.Time, s_damping), null, null);
            engine = cluster.Worker(Id);
            engine.StartAsync(this, CancellationToken.None).IsCompletedSuccessfully.ShouldBeTrue();
        }

        private void Carry((ClusterReplica Replica, ImmutableArray<ReplicaEffect> Effects) step)
        {
            Replica = step.Replica;
            if (Replica.State?.OfflineWords is { IsEmpty: false } words) journal = words;
            foreach (var send in step.Effects.OfType<ReplicaEffect.Send>()) Send(send.Command);
        }
    }
}
