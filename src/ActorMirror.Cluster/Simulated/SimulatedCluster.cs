using ActorMirror.Domain.Cluster;
using ActorMirror.Domain.Devices;

namespace ActorMirror.Cluster.Simulated;

/// <summary>
/// A cluster in one thread and virtual time: the same seed gives the same run. It does what the real engine may do and no more: views
/// and commands in one order per ring, a new ring on each side of a partition, quorum by majority, commands of a broken ring dropped,
/// and on each side of a break some beginning of what was under way.
/// <code>
/// var cluster = new SimulatedCluster(devices: 3, seed: 1);
/// var engine = cluster.Worker(new DeviceId(1));
/// await engine.StartAsync(heartbeats, cancellation);
/// cluster.Advance(TimeSpan.FromSeconds(1));
/// while (engine.Events.TryRead(out var next)) …
/// </code>
/// </summary>
public sealed class SimulatedCluster
{
    private readonly SortedDictionary<DeviceId, SimulatedNode> _nodes = [];
    private readonly List<SimulatedRing> _rings = [];
    private readonly Random _random;
    private long _topology;

    public SimulatedCluster(int devices, int seed, SimulatedTiming? timing = null)
    {
        _random = new Random(seed);
        Timing = timing ?? SimulatedTiming.Default;
        for (var id = 1; id <= devices; id++)
            _nodes.Add(new DeviceId(id), new SimulatedNode(new DeviceId(id), this));
        TopologyChanged();
    }

    public VirtualTime Time { get; } = new();

    public SimulatedTiming Timing { get; }

    public IEnumerable<DeviceId> Devices => _nodes.Keys;

    /// <summary>A new worker for the device; it joins when it is started. One at a time lives on a device.</summary>
    public SimulatedEngine Worker(DeviceId device) => new(this, _nodes[device]);

    public void Advance(TimeSpan by) => Time.Advance(by);

    /// <summary>The worker is killed: the others see <see cref="LeaveReason.ProcessDown"/>, its own events end.</summary>
    public void KillWorker(DeviceId device)
    {
        var node = _nodes[device];
        var worker = node.Worker;
        node.Detach(LeaveReason.ProcessDown);
        worker?.Die();
    }

    /// <summary>The supervisor's word that the dead worker's device is fenced; behind the death in the order.</summary>
    public void Fence(DeviceId device) => _nodes[device].Order(new RingEntry.Fenced(device));

    /// <summary>Device, daemon and worker are gone at once: the others see <see cref="LeaveReason.DeviceDown"/> after the detection.</summary>
    public void Crash(DeviceId device)
    {
        var node = _nodes[device];
        var worker = node.Worker;
        node.GoDown();
        node.Detach(LeaveReason.DeviceDown);
        worker?.Die();
        TopologyChanged();
    }

    /// <summary>The daemon dies under a living worker, which is told <see cref="ClusterEvent.EngineLost"/> and joins again when it is back.</summary>
    public void LoseDaemon(DeviceId device)
    {
        var node = _nodes[device];
        node.GoDown();
        node.Worker?.Tell(new ClusterEvent.EngineLost("the simulated daemon died"));
        TopologyChanged();
    }

    /// <summary>Brings back what <see cref="Crash"/> or <see cref="LoseDaemon"/> took away; after a crash a worker has to be started.</summary>
    public void Boot(DeviceId device)
    {
        _nodes[device].ComeUp();
        TopologyChanged();
    }

    /// <summary>Cuts the network: only devices of the same side hear each other; devices that are not named are one more side.</summary>
    public void Partition(params IReadOnlyCollection<DeviceId>[] sides)
    {
        foreach (var node in _nodes.Values)
            node.Side = Array.FindIndex(sides, side => side.Contains(node.Id));
        TopologyChanged();
    }

    /// <summary>Everybody hears everybody.</summary>
    public void Heal() => Partition();

    /// <summary>A time between nothing and the longest, from the seed.</summary>
    internal TimeSpan Draw(TimeSpan longest) => longest * _random.NextDouble();

    private void TopologyChanged()
    {
        var topology = ++_topology;
        var sides = _nodes.Values.Where(node => node.IsUp).GroupBy(node => node.Side).Select(side => side.ToList()).ToList();
        var rings = _rings.Where(ring => ring.Operational).ToList();
        foreach (var ring in rings.Where(ring => !sides.Any(side => side.SequenceEqual(ring.Nodes))))
            ring.Break(sides.Select(side => side.Where(node => node.Ring == ring).ToList()).Where(side => side.Count > 0), _random);
        _rings.RemoveAll(ring => !ring.Operational);

        foreach (var side in sides.Where(side => !_rings.Any(ring => ring.Nodes.SequenceEqual(side))))
        {
            var lost = side.Any(node => node.Ring is { } old && old.Nodes.Any(other => !side.Contains(other)));
            var usual = lost ? Timing.Detection : Timing.Merge;

            // Whatever changes before the ring stands starts the search for a ring again.
            Time.After(usual + Draw(usual / 10), () =>
            {
                if (topology == _topology)
                    Form(side);
            });
        }
    }

    private void Form(IReadOnlyList<SimulatedNode> side)
    {
        // corosync's sequences grow by four with each ring.
        var id = new RingId((uint)side[0].Id.Value, side.Max(node => node.LastSequence) + 4);
        var ring = new SimulatedRing(id, side, quorate: side.Count * 2 > _nodes.Count, side.Where(node => node.InGroup).Select(node => node.Id));
        _rings.Add(ring);
        foreach (var node in side)
            node.Enter(ring);
        ring.Append(new RingEntry.Formed());
        foreach (var node in side)
            node.SayUnordered();
    }
}
