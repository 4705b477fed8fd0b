using ActorMirror.Domain.Cluster;
using ActorMirror.Domain.Devices;

namespace ActorMirror.Cluster.Simulated;

/// <summary>A device as the engine's daemon sees it: the ring it is in, what its worker was told, what waits for the next ring.</summary>
internal sealed class SimulatedNode(DeviceId id, SimulatedCluster cluster)
{
    private static readonly TimeSpan FullChannelRetry = TimeSpan.FromMilliseconds(5);

    private readonly Queue<(SimulatedRing Ring, int Index)> _inbox = new();
    private readonly Queue<RingEntry> _unordered = new();
    private TimeSpan _lastDelivery;
    private TimeSpan _lastOrder;
    private int _daemons;
    private IReadOnlyList<DeviceId> _told = [];

    public DeviceId Id { get; } = id;

    public bool IsUp { get; private set; } = true;

    public int Side { get; set; }

    public SimulatedRing? Ring { get; private set; }

    /// <summary>Ring sequences survive the daemon, as corosync's do on disk.</summary>
    public ulong LastSequence { get; private set; }

    /// <summary>The living worker.</summary>
    public SimulatedEngine? Worker { get; private set; }

    /// <summary>Whether the group counts a worker of this device; the death of one is only ordered with the next word of the daemon.</summary>
    public bool InGroup { get; private set; }

    public void Attach(SimulatedEngine worker)
    {
        Worker = worker;
        if (IsUp)
            Order(new RingEntry.Joined(worker));
    }

    public void Detach(LeaveReason reason)
    {
        Worker = null;
        if (IsUp)
            Order(new RingEntry.Left(Id, reason));
    }

    public void GoDown()
    {
        IsUp = false;
        _daemons++;
        InGroup = false;
        if (Worker is { } worker)
            worker.HasJoined = false;
        Ring = null;
        _told = [];
        _inbox.Clear();
        _unordered.Clear();
    }

    public void ComeUp()
    {
        IsUp = true;
        if (Worker is not null)
            Order(new RingEntry.Joined(Worker));
    }

    public void Enter(SimulatedRing ring)
    {
        Ring = ring;
        LastSequence = ring.Id.Sequence;
    }

    /// <summary>What the worker's death or start left to say; after the ring is formed.</summary>
    public void SayUnordered()
    {
        while (_unordered.TryDequeue(out var entry))
            Order(entry);
    }

    /// <summary>Gives an entry its place in the ring's order after a while; one after the other. In a broken ring it waits or is lost.</summary>
    public void Order(RingEntry entry)
    {
        var ring = Ring;
        if (ring is not { Operational: true })
        {
            Keep(entry);
            return;
        }

        var daemon = _daemons;
        _lastOrder = Max(_lastOrder, cluster.Time.Now + cluster.Draw(cluster.Timing.Ordering));
        cluster.Time.At(_lastOrder, () =>
        {
            // What a dead daemon was about to say is not said by the next one, least of all behind what that one has said.
            if (daemon != _daemons)
                return;
            if (Ring != ring || !ring.Operational)
            {
                Keep(entry);
                return;
            }

            InGroup = entry switch
            {
                RingEntry.Joined => true,
                RingEntry.Left => false,
                _ => InGroup,
            };
            ring.Append(entry);
        });
    }

    public void Receive(SimulatedRing ring, int index)
    {
        _inbox.Enqueue((ring, index));
        _lastDelivery = Max(_lastDelivery, cluster.Time.Now + cluster.Draw(cluster.Timing.Delivery));
        cluster.Time.At(_lastDelivery, DeliverNext);
    }

    private void DeliverNext()
    {
        if (!_inbox.TryPeek(out var next))
            return;
        if (Worker is { HasRoom: false })
        {
            cluster.Time.After(FullChannelRetry, DeliverNext);
            return;
        }

        _inbox.Dequeue();
        if (next.Ring.TryDeliver(this, next.Index, out var entry, out var group))
            Deliver(next.Ring, entry, group);
    }

    private void Deliver(SimulatedRing ring, RingEntry entry, IReadOnlyList<DeviceId> group)
    {
        switch (entry)
        {
            case RingEntry.Formed:
                Tell(
                    ring,
                    group,
                    joined: group.Where(device => !_told.Contains(device) || !ring.CameTogether(this, device)),
                    left: _told.Where(device => !group.Contains(device) || !ring.CameTogether(this, device))
                        .Select(device => new Departure(device, LeaveReason.DeviceDown)));
                break;
            case RingEntry.Joined(var worker):
                if (worker == Worker)
                    worker.HasJoined = true;
                Tell(ring, group, [worker.Self], []);
                break;
            case RingEntry.Left(var device, var reason):
                Tell(ring, group, [], [new Departure(device, reason)]);
                break;
            case RingEntry.Command(var sender, var payload):
                Member?.Tell(new ClusterEvent.Command(ring.Id, sender, payload));
                break;
            case RingEntry.Fenced(var device):
                Member?.Tell(new ClusterEvent.Fenced(device));
                break;
            case RingEntry.Heartbeat(var sender, var sentAt):
                Member?.Hear(sender, sentAt, ring.Id, ring.Quorate && Ring == ring);
                break;
            default:
                break;
        }
    }

    /// <summary>The worker, once its own join came back: nothing before that is its business, least of all what a former run was told.</summary>
    private SimulatedEngine? Member => Worker is { HasJoined: true } member ? member : null;

    private void Tell(SimulatedRing ring, IReadOnlyList<DeviceId> group, IEnumerable<DeviceId> joined, IEnumerable<Departure> left)
    {
        Member?.Tell(new ClusterEvent.View(ring.Id, ring.Quorate, [.. group], [.. joined], [.. left]));
        _told = group;
    }

    private void Keep(RingEntry entry)
    {
        // A command belongs to its ring; only the coming and going of the worker is said again in the next one.
        if (entry is RingEntry.Joined or RingEntry.Left or RingEntry.Fenced)
            _unordered.Enqueue(entry);
    }

    private static TimeSpan Max(TimeSpan left, TimeSpan right) => left > right ? left : right;
}
