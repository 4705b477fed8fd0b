using ActorMirror.Domain.Cluster;
using ActorMirror.Domain.Devices;

namespace ActorMirror.Cluster.Simulated;

/// <summary>What has a place in the total order of a ring.</summary>
internal abstract record RingEntry
{
    /// <summary>The ring itself; each node sees its own difference to where it came from.</summary>
    public sealed record Formed : RingEntry;

    public sealed record Joined(SimulatedEngine Worker) : RingEntry;

    public sealed record Left(DeviceId Device, LeaveReason Reason) : RingEntry;

    public sealed record Command(DeviceId Sender, byte[] Payload) : RingEntry;

    public sealed record Heartbeat(DeviceId Sender, long SentAt) : RingEntry;

    public sealed record Fenced(DeviceId Device) : RingEntry;

    /// <summary>Who sent it; such a sender delivers it to itself whatever happens to the ring.</summary>
    public DeviceId? Origin => this switch
    {
        Joined joined => joined.Worker.Self,
        Left left => left.Device,
        Command command => command.Sender,
        Heartbeat heartbeat => heartbeat.Sender,
        Fenced fenced => fenced.Device,
        _ => null,
    };
}

/// <summary>
/// One ring: its nodes and the order of what happened in it. When it breaks, the nodes that stay together deliver the same beginning of
/// that order, at least what each of them sent and what one of them has delivered already; the sides of a partition may differ.
/// </summary>
internal sealed class SimulatedRing(RingId id, IReadOnlyList<SimulatedNode> nodes, bool quorate, IEnumerable<DeviceId> group)
{
    private readonly List<(RingEntry Entry, IReadOnlyList<DeviceId> Group)> _order = [];
    private readonly SortedSet<DeviceId> _group = [.. group];
    private readonly Dictionary<SimulatedNode, int> _delivered = nodes.ToDictionary(node => node, _ => 0);
    private readonly Dictionary<SimulatedNode, int> _limit = [];
    private readonly Dictionary<SimulatedNode, SimulatedRing?> _origins = nodes.ToDictionary(node => node, node => node.Ring);

    public RingId Id { get; } = id;

    public IReadOnlyList<SimulatedNode> Nodes { get; } = nodes;

    public bool Quorate { get; } = quorate;

    public bool Operational { get; private set; } = true;

    /// <summary>Those who came into this ring out of the same ring as the node: to each other they were never away.</summary>
    public bool CameTogether(SimulatedNode one, DeviceId other) =>
        one.Id == other || (_origins[one] is { } origin && Nodes.Any(node => node.Id == other && _origins[node] == origin));

    /// <summary>Puts an entry at the end of the order and into every node's inbox.</summary>
    public void Append(RingEntry entry)
    {
        if (!IsAdmitted(entry))
            return;
        var index = _order.Count;
        _order.Add((entry, [.. _group]));
        foreach (var node in Nodes)
            node.Receive(this, index);
    }

    public bool TryDeliver(SimulatedNode node, int index, out RingEntry entry, out IReadOnlyList<DeviceId> group)
    {
        (entry, group) = _order[index];
        if (!Operational && index >= _limit.GetValueOrDefault(node))
            return false;
        _delivered[node] = index + 1;
        return true;
    }

    /// <param name="sides">The nodes of this ring that stay together; a node that is in none has died.</param>
    /// <param name="random">Decides how much of what is under way a side still gets.</param>
    public void Break(IEnumerable<IReadOnlyCollection<SimulatedNode>> sides, Random random)
    {
        Operational = false;
        foreach (var side in sides)
        {
            var own = _order.FindLastIndex(item => item.Entry.Origin is { } origin && side.Any(node => node.Id == origin)) + 1;
            var least = Math.Max(own, side.Max(node => _delivered[node]));
            var limit = random.Next(least, _order.Count + 1);
            foreach (var node in side)
                _limit[node] = limit;
        }
    }

    /// <summary>Who is not in the group is not heard; who is in it does not join again.</summary>
    private bool IsAdmitted(RingEntry entry) => entry switch
    {
        RingEntry.Joined joined => _group.Add(joined.Worker.Self),
        RingEntry.Left left => _group.Remove(left.Device),
        RingEntry.Command command => _group.Contains(command.Sender),
        RingEntry.Heartbeat heartbeat => _group.Contains(heartbeat.Sender),
        RingEntry.Fenced fenced => !_group.Contains(fenced.Device),
        _ => true,
    };
}
