using System.Collections.Immutable;
using ActorMirror.Actors.Devices;
using ActorMirror.Cluster;
using ActorMirror.Cluster.Simulated;
using ActorMirror.Domain.Cluster;
using ActorMirror.Domain.Devices;
using ActorMirror.Domain.TrafficGroups;

namespace ActorMirror.Tests.Cluster;

/// <summary>An input that fells every device that serves it, in virtual time, with every device's own clock and nobody's command.</summary>
public sealed class SimulatedFlapTests
{
    private static readonly TimeSpan s_window = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan s_step = TimeSpan.FromMilliseconds(50);

    // A supervisor starts a new worker after a second.
    private static readonly TimeSpan s_restart = TimeSpan.FromSeconds(1);

    // Longer than a restart: when all workers are gone at once, so is the state they shared.
    private static readonly TimeSpan s_poison = TimeSpan.FromSeconds(2);

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(5)]
    public void A_poisonous_input_moves_a_group_three_times_in_a_minute_and_ends_with_it(int size)
    {
        var cluster = new SimulatedCluster(size, seed: size);
        var declared = new GroupDeclaration("tg1", [.. cluster.Devices], [], 3);
        var nodes = cluster.Devices.Select(d => new Node(cluster, d, declared)).ToList();
        var moves = new SortedDictionary<Epoch, TimeSpan>();
        Run(TimeSpan.FromMinutes(5), poisonous: true);

        var times = moves.Values.ToList();
        times.Zip(times.Skip(3)).ShouldAllBe(four => four.Second - four.First >= s_window);
        times.Count.ShouldBeInRange(12, 18, $"held for a while, not for ever: {string.Join(", ", times)}");

        Run(s_window + TimeSpan.FromSeconds(5), poisonous: false);
        nodes.Count(n => n.Role is LocalRole.Active).ShouldBe(1);
        nodes.ShouldAllBe(n => n.Replica.State!.Groups["tg1"].Flaps.IsEmpty);

        void Run(TimeSpan time, bool poisonous)
        {
            for (var end = cluster.Time.Now + time; cluster.Time.Now < end;)
            {
                cluster.Advance(s_step);
                foreach (var node in nodes)
                {
                    foreach (var move in node.Step(poisonous)) moves.TryAdd(move.Epoch, cluster.Time.Now);
                }
            }
        }
    }

    /// <summary>A device without its data plane: replica, clock of the flap rule, supervisor.</summary>
    private sealed class Node(SimulatedCluster cluster, DeviceId id, GroupDeclaration group) : IHeartbeatObserver
    {
        private ulong workers;
        private int steps;
        private SimulatedEngine? engine;
        private FlapWatch flaps = null!;
        private TimeSpan activeSince, startAt;

        public ClusterReplica Replica { get; private set; } = null!;

        public LocalRole? Role => engine is null || Replica.Phase is not SyncPhase.Established ? null : Replica.State!.RoleOf(id, group.Name);

        public List<ClusterNotice.Moved> Step(bool poisonous)
        {
            var moves = new List<ClusterNotice.Moved>();
            if (engine is null)
            {
                if (cluster.Time.Now >= startAt) Start();
                return moves;
            }

            while (engine.Events.TryRead(out var next)) Carry(Replica.Handle(next), moves);
            if (++steps % 10 == 0)
            {
                if (Replica.IsWaiting) Carry(Replica.Retry(), moves);
                foreach (var over in flaps.Look(Replica)) Send(over);
            }

            if (Role is not LocalRole.Active) activeSince = cluster.Time.Now;
            if (poisonous && cluster.Time.Now - activeSince > s_poison) Fall();
            return moves;
        }

        public void Heard(DeviceId device, long sentAt, RingId ring, bool valid)
        {
        }

        public bool MaySend() => true;

        private void Start()
        {
            Replica = ClusterReplica.Create(id, (++workers * 1000) + (ulong)id.Value, new Declaration(1, Epoch.None, [group], [], [], [], new ChannelDemand(1029, 1155, 1)));
            flaps = new FlapWatch(cluster.Time, s_window);
            activeSince = cluster.Time.Now;
            engine = cluster.Worker(id);
            engine.StartAsync(this, CancellationToken.None).IsCompletedSuccessfully.ShouldBeTrue();
        }

        private void Fall()
        {
            cluster.KillWorker(id);
            cluster.Fence(id);
            engine = null;
            startAt = cluster.Time.Now + s_restart;
        }

        private void Carry((ClusterReplica Replica, ImmutableArray<ReplicaEffect> Effects) step, List<ClusterNotice.Moved> moves)
        {
            Replica = step.Replica;
            foreach (var effect in step.Effects)
            {
                if (effect is ReplicaEffect.Send send) Send(send.Command);
                if (effect is ReplicaEffect.Tell { Notice: ClusterNotice.Moved { From: { } from } moved } && from != moved.To) moves.Add(moved);
            }
        }

        private void Send(ClusterCommand command)
        {
            if (Replica.View is { } view) engine!.TrySend(view.Ring, CommandCodec.Encode(command));
        }
    }
}
