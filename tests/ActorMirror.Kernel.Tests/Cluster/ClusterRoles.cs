using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using ActorMirror.Cluster;
using ActorMirror.Cluster.Corosync;
using ActorMirror.Cluster.Corosync.Daemon;
using ActorMirror.Domain.Addresses;
using ActorMirror.Domain.Cluster;
using ActorMirror.Domain.Devices;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace ActorMirror.Kernel.Tests.Cluster;

/// <summary>
/// The two processes of a device, started by <see cref="TestDevice"/> in the device's namespace: orders come in as lines, what happens
/// goes out as lines. The end of standard input is an order to stop, so nothing outlives a test that dies.
/// </summary>
public sealed class ClusterRoles
{
    public const string IdVariable = "AM_TEST_DEVICE";
    public const string CountVariable = "AM_TEST_DEVICES";
    public const string LinksVariable = "AM_TEST_LINKS";
    public const string DirectoryVariable = "AM_TEST_DIRECTORY";

    private static readonly Lock Output = new();

    private static DeviceId Self { get; } = new(Number(IdVariable));

    /// <summary><c>fence PID</c> → <c>fenced</c>. Says <c>up PID</c> when corosync answers.</summary>
    public static async Task Supervisor()
    {
        var directory = Environment.GetEnvironmentVariable(DirectoryVariable)!;
        await using var corosync = new CorosyncProcess(Model(), directory, Log<CorosyncProcess>(), TimeProvider.System);
        await corosync.StartAsync(CancellationToken.None);
        await using var announcer = new FenceAnnouncer(NullLogger<FenceAnnouncer>.Instance);
        Say($"up {corosync.ProcessId}");
        while (await Console.In.ReadLineAsync() is { } order && order != "stop")
        {
            await announcer.AnnounceFencedAsync(int.Parse(order.Split(' ')[1], CultureInfo.InvariantCulture), CancellationToken.None);
            Say("fenced");
        }
    }

    /// <summary>
    /// <c>send TEXT</c> and <c>send-in RING TEXT</c> → <c>sent true|false</c>; <c>pause</c> and <c>resume</c> stop and start the reading of events;
    /// <c>silent</c> and <c>loud</c> stop and start the own heartbeats; <c>links STATE</c> → the same, when the links to the other devices are so.
    /// </summary>
    public static async Task Worker()
    {
        var beats = new Beats();
        await using var engine = new CorosyncEngine(Model(), Log<CorosyncEngine>());
        await engine.StartAsync(beats, CancellationToken.None);
        Say($"up {Environment.ProcessId}");
        var gate = new SemaphoreSlim(1);
        var ring = new RingId[1];
        var reading = ReadAsync(engine, gate, ring);
        while (await Console.In.ReadLineAsync() is { } order && order != "stop")
        {
            switch (order.Split(' ', 3))
            {
                case ["send", var text]:
                    Say($"sent {engine.TrySend(ring[0], Encoding.UTF8.GetBytes(text))}");
                    break;
                case ["send-in", var where, var text]:
                    Say($"sent {engine.TrySend(ClusterLines.Ring(where), Encoding.UTF8.GetBytes(text))}");
                    break;
                case ["send-large", var length]:
                    var large = new byte[int.Parse(length, CultureInfo.InvariantCulture)];
                    large.AsSpan().Fill(ClusterLines.Filler);
                    Say($"sent {engine.TrySend(ring[0], large)}");
                    break;
                case ["pause"]:
                    await gate.WaitAsync();
                    Say("paused");
                    break;
                case ["resume"]:
                    gate.Release();
                    break;
                case [("silent" or "loud") and var voice]:
                    beats.Silent = voice == "silent";
                    break;
                case ["links", var state]:
                    await UntilAsync(engine, state);
                    Say($"links {state}");
                    break;
                case ["age"]:
                    Say(string.Create(CultureInfo.InvariantCulture, $"age {beats.LongestMilliseconds():F0}"));
                    break;
                default:
                    throw new InvalidOperationException(order);
            }
        }

        await engine.DisposeAsync();
        await reading;
    }

    private static async Task ReadAsync(CorosyncEngine engine, SemaphoreSlim gate, RingId[] ring)
    {
        await foreach (var next in engine.Events.ReadAllAsync())
        {
            await gate.WaitAsync();
            gate.Release();
            if (next is ClusterEvent.View now) ring[0] = now.Ring;
            Say(ClusterLines.Write(next));
        }
    }

    /// <summary>Every line begins with the monotonic clock, which is the same for all processes of the machine.</summary>
    private static void Say(string what)
    {
        lock (Output)
        {
            Console.WriteLine($"{Stopwatch.GetTimestamp()} {what}");
            Console.Out.Flush();
        }
    }

    /// <summary>The state of the links in their order: <c>up</c>, <c>down</c>, <c>unknown</c>, with commas.</summary>
    private static async Task UntilAsync(CorosyncEngine engine, string expected)
    {
        using var again = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (Of(engine.Links) != expected) await again.WaitForNextTickAsync();

        static string Of(ClusterLinks links) => string.Join(
            ',', links.All.Select(link => links.IsKnown(TimeProvider.System) ? link.IsConnected == true ? "up" : "down" : "unknown"));
    }

    private static ILogger<T> Log<T>() => LoggerFactory.Create(_ => { }).CreateLogger<T>();

    private static DeviceGroupModel Model()
    {
        var directory = Environment.GetEnvironmentVariable(DirectoryVariable)!;
        var devices = Enumerable.Range(1, Number(CountVariable))
            .Select(id => new Device(new DeviceId(id), $"d{id}", Link(0, id), Link(0, id), [.. Enumerable.Range(0, Number(LinksVariable)).Select(link => Link(link, id))]))
            .ToImmutableArray();
        return new DeviceGroupModel
        {
            GroupName = "am-test",
            Self = devices[Self.Value - 1],
            Devices = devices,
            Vlans = [],
            SelfIps = [],
            TrafficGroups = [],
            VirtualAddresses = [],
            VirtualServers = [],
            Pools = [],
            Cluster = new ClusterSettings(
                ClusterEngineKind.Corosync,
                Token: TimeSpan.FromMilliseconds(200),
                Consensus: TimeSpan.FromMilliseconds(240),
                Join: TimeSpan.FromMilliseconds(40),
                Lease: TimeSpan.FromMilliseconds(600),
                Heartbeat: TimeSpan.FromMilliseconds(25),
                KeyFile: Path.Combine(Path.GetDirectoryName(directory)!, "authkey"),
                AllowUnsafePair: true,
                Flap: new FlapSettings(3, TimeSpan.FromMinutes(1))),
            DataPlane = new DataPlaneSettings(null, OnUnknown.Reset),
            Mirroring = new MirroringSettings(1029, 1155, 1000, 0, 100, TimeSpan.FromMinutes(1), PlainText: true),
        };
    }

    private static int Number(string variable) => int.Parse(Environment.GetEnvironmentVariable(variable)!, CultureInfo.InvariantCulture);

    private static Address Link(int link, int id) => Address.Parse($"10.99.{link}.{id}");

    /// <summary>Says when the own heartbeats begin or cease to renew the lease, and remembers the longest age of the newest that came back.</summary>
    private sealed class Beats : IHeartbeatObserver
    {
        private readonly Lock _lock = new();
        private bool _valid;
        private long _newest = Stopwatch.GetTimestamp();
        private long _longest;

        public void Heard(DeviceId device, long sentAt, RingId ring, bool valid)
        {
            if (device != Self) return;
            lock (_lock)
            {
                if (valid)
                {
                    if (_valid) _longest = Math.Max(_longest, Stopwatch.GetTimestamp() - _newest);
                    _newest = sentAt;
                }
            }

            if (valid != _valid) Say($"lease renewed={valid}");
            _valid = valid;
        }

        public bool Silent { get; set; }

        public bool MaySend() => !Silent;

        /// <summary>Since the last question.</summary>
        public double LongestMilliseconds()
        {
            lock (_lock)
            {
                var longest = _longest * 1000.0 / Stopwatch.Frequency;
                _longest = 0;
                return longest;
            }
        }
    }
}
