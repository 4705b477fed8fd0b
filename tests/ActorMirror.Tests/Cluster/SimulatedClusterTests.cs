using ActorMirror.Cluster;
using ActorMirror.Cluster.Simulated;
using ActorMirror.Domain.Cluster;
using ActorMirror.Domain.Devices;
using ActorMirror.Tests.Support;
using FsCheck;
using FsCheck.Fluent;

namespace ActorMirror.Tests.Cluster;

public sealed class SimulatedClusterTests
{
    private static readonly DeviceId A = new(1), B = new(2), C = new(3);

    [Fact]
    public void All_devices_see_one_view_and_one_order()
    {
        var run = new Run(devices: 3, seed: 1);
        foreach (var device in run.Devices)
        {
            for (var i = 0; i < 10; i++) run.Send(device).ShouldBeTrue();
        }

        run.Pass(100);
        run.Told(A).OfType<ClusterEvent.Command>().Count().ShouldBe(30);
        run.Commands(A).ShouldBe(run.Commands(B));
        run.Commands(A).ShouldBe(run.Commands(C));
        run.Check();
    }

    [Fact]
    public void A_partition_leaves_the_quorum_with_the_majority_and_heals_with_both_sides_joined()
    {
        var run = new Run(devices: 3, seed: 2);
        run.Cluster.Partition([A, B]);
        run.Pass(1000);
        Last(run, A).ShouldBe((true, "1,2", "", "3:DeviceDown"));
        Last(run, C).ShouldBe((false, "3", "", "1:DeviceDown,2:DeviceDown"));
        run.Cluster.Heal();
        run.Pass(1000);
        Last(run, A).ShouldBe((true, "1,2,3", "3", ""));
        Last(run, C).ShouldBe((true, "1,2,3", "1,2", ""));
        run.Check();
    }

    [Fact]
    public void A_killed_worker_is_fenced_and_comes_back()
    {
        var run = new Run(devices: 3, seed: 3);
        run.Cluster.KillWorker(C);
        run.Pass(20);
        Last(run, A).ShouldBe((true, "1,2", "", "3:ProcessDown"));
        run.Cluster.Fence(C);
        run.Pass(20);
        run.Told(A)[^1].ShouldBe(new ClusterEvent.Fenced(C));
        run.Start(C);
        run.Pass(20);
        Last(run, A).ShouldBe((true, "1,2,3", "3", ""));
        Last(run, C).ShouldBe((true, "1,2,3", "3", ""));
        run.Check();
    }

    [Fact]
    public async Task A_worker_that_leaves_is_not_a_dead_one()
    {
        var run = new Run(devices: 2, seed: 4);
        await run.Worker(B).DisposeAsync();
        run.Pass(20);
        Last(run, A).ShouldBe((true, "1", "", "2:Left"));
    }

    [Fact]
    public void A_lost_daemon_is_told_and_comes_back_with_a_view()
    {
        var run = new Run(devices: 3, seed: 5);
        run.Cluster.LoseDaemon(C);
        run.Pass(1000);
        run.Told(C)[^1].ShouldBeOfType<ClusterEvent.EngineLost>();
        run.Send(C).ShouldBeFalse();
        Last(run, A).ShouldBe((true, "1,2", "", "3:DeviceDown"));
        run.Cluster.Boot(C);
        run.Pass(1000);
        Last(run, C).ShouldBe((true, "1,2,3", "3", ""));
        Last(run, A).ShouldBe((true, "1,2,3", "3", ""));
        run.Check();
    }

    [Fact]
    public void What_a_dead_daemon_was_about_to_say_is_not_said_by_the_next_one()
    {
        var run = new Run(devices: 3, seed: 8);
        run.Cluster.KillWorker(C);
        run.Start(C);
        run.Cluster.LoseDaemon(C);
        run.Cluster.Boot(C);
        run.Pass(1000);
        Last(run, C).Members.ShouldBe("1,2,3");
        Last(run, A).Members.ShouldBe("1,2,3");
        run.Check();
    }

    [Fact]
    public void A_command_decided_in_an_older_ring_is_not_taken()
    {
        var run = new Run(devices: 3, seed: 6);
        var old = run.Told(A).OfType<ClusterEvent.View>().Last().Ring;
        run.Cluster.Crash(C);
        run.Pass(1000);
        run.Worker(A).TrySend(old, [1]).ShouldBeFalse();
        run.Send(A).ShouldBeTrue();
    }

    [Fact]
    public void Only_heartbeats_of_a_quorate_ring_renew()
    {
        var run = new Run(devices: 3, seed: 7);
        run.Pass(200);
        run.Beats(C).Valid.ShouldBeTrue();
        run.Cluster.Partition([A, B]);
        run.Pass(2000);
        run.Beats(C).Valid.ShouldBeFalse();
        run.Beats(A).Valid.ShouldBeTrue();
    }

    [Fact]
    public void The_same_seed_is_the_same_run()
    {
        static string Trace(int seed)
        {
            var run = new Run(devices: 5, seed);
            foreach (var fault in Enumerable.Range(0, 12)) run.Do(fault * 7919);
            return string.Join('\n', run.Devices.Select(device => string.Join(' ', run.Told(device))));
        }

        Trace(42).ShouldBe(Trace(42));
        Trace(42).ShouldNotBe(Trace(43));
    }

    /// <summary>Any faults at any time keep the contract, and calm brings everybody together again.</summary>
    [Fact]
    public void The_contract_holds_under_any_faults() =>
        Prop.ForAll(
            Gen.Choose(0, int.MaxValue).ArrayOf().Resize(30).ToArbitrary(),
            Gen.Choose(1, 100_000).ToArbitrary(),
            (steps, seed) =>
            {
                var run = new Run(devices: 3 + (seed % 3), seed);
                foreach (var step in steps) run.Do(step);
                run.Calm();
                run.Check();
                foreach (var device in run.Devices)
                    Last(run, device).Members.ShouldBe(string.Join(',', run.Devices), $"device {device}");
            }).Check(Schedules.Runs(endSize: 100, cases: 200));

    private static (bool Quorate, string Members, string Joined, string Left) Last(Run run, DeviceId device)
    {
        var view = run.Told(device).OfType<ClusterEvent.View>().Last();
        return (view.Quorate, string.Join(',', view.Members), string.Join(',', view.Joined), string.Join(',', view.Left.Select(left => $"{left.Device}:{left.Reason}")));
    }

    /// <summary>A simulated cluster with a worker on each device and everything they were told, run by run.</summary>
    private sealed class Run
    {
        private readonly Dictionary<DeviceId, (SimulatedEngine Engine, Heartbeats Beats, List<ClusterEvent> Told)> _workers = [];
        private readonly List<(DeviceId Device, List<ClusterEvent> Told)> _ended = [];
        private byte _sent;

        public Run(int devices, int seed)
        {
            Cluster = new SimulatedCluster(devices, seed);
            foreach (var device in Devices) Start(device);
            Pass(1000);
        }

        public SimulatedCluster Cluster { get; }

        public List<DeviceId> Devices => [.. Cluster.Devices];

        public void Start(DeviceId device)
        {
            if (_workers.Remove(device, out var former)) _ended.Add((device, former.Told));
            var engine = Cluster.Worker(device);
            var beats = new Heartbeats(device);
            engine.StartAsync(beats, CancellationToken.None).IsCompletedSuccessfully.ShouldBeTrue();
            _workers[device] = (engine, beats, []);
        }

        public SimulatedEngine Worker(DeviceId device) => _workers[device].Engine;

        public Heartbeats Beats(DeviceId device) => _workers[device].Beats;

        public List<ClusterEvent> Told(DeviceId device)
        {
            var (engine, _, told) = _workers[device];
            while (engine.Events.TryRead(out var next)) told.Add(next);
            return told;
        }

        public IEnumerable<string> Commands(DeviceId device) =>
            Told(device).OfType<ClusterEvent.Command>().Select(command => $"{command.Sender} {command.Payload.Span[0]}");

        public bool Send(DeviceId device) =>
            Told(device).OfType<ClusterEvent.View>().LastOrDefault() is { } view && Worker(device).TrySend(view.Ring, [_sent++]);

        public void Pass(int milliseconds) => Cluster.Advance(TimeSpan.FromMilliseconds(milliseconds));

        /// <summary>One of the things that can happen; the number says which, to whom, and how long afterwards the next one comes.</summary>
        public void Do(int step)
        {
            var device = Devices[step / 10 % Devices.Count];
            switch (step % 10)
            {
                case 0:
                    Cluster.KillWorker(device);
                    Cluster.Fence(device);
                    Start(device);
                    break;
                case 1:
                    Cluster.Partition([.. Devices.Where(other => other <= device)]);
                    break;
                case 2:
                    Cluster.Heal();
                    break;
                case 3:
                    Cluster.LoseDaemon(device);
                    break;
                case 4:
                    Cluster.LoseDaemon(device);
                    Cluster.Boot(device);
                    break;
                case 5:
                    Cluster.Crash(device);
                    Cluster.Boot(device);
                    Start(device);
                    break;
                default:
                    foreach (var sender in Devices) Send(sender);
                    break;
            }

            Pass(step / 100 % 7 * 100 + step / 1000 % 10);
        }

        public void Calm()
        {
            Cluster.Heal();
            foreach (var device in Devices) Cluster.Boot(device);
            Pass(3000);
        }

        public void Check()
        {
            ClusterContract.Check(Devices.ToDictionary(device => device, device => (IReadOnlyList<ClusterEvent>)Told(device)), Devices.Count);
            foreach (var (device, told) in _ended)
            {
                ClusterContract.Check(new Dictionary<DeviceId, IReadOnlyList<ClusterEvent>> { [device] = told }, Devices.Count);
            }
        }
    }

    private sealed class Heartbeats(DeviceId self) : IHeartbeatObserver
    {
        public bool Valid { get; private set; }

        public void Heard(DeviceId device, long sentAt, RingId ring, bool valid)
        {
            if (device == self) Valid = valid;
        }

        public bool MaySend() => true;
    }
}
