using System.Collections.Immutable;
using ActorMirror.Domain.Cluster;
using ActorMirror.Domain.Devices;
using ActorMirror.Domain.TrafficGroups;

namespace ActorMirror.Tests.Cluster;

/// <summary>
/// Replicas joined by a perfect total order: parts that can hear each other share one queue of events. Commands wait until they are
/// delivered one by one, so that a fault can come between any two; those of an old ring are dropped, as the engine does it.
/// </summary>
internal sealed class ReplicaCluster
{
    private readonly Dictionary<DeviceId, Node> _nodes = [];
    private readonly int _size;
    private ulong _ring;
    private ulong _incarnation;

    public ReplicaCluster(int size, params GroupDeclaration[] groups)
    {
        _size = size;
        Groups = [.. groups];
    }

    public ImmutableArray<GroupDeclaration> Groups { get; set; }

    /// <summary>What the workers that start from here on remember.</summary>
    public ImmutableArray<string> Revoked { get; set; } = [];

    /// <summary>What the workers that start from here on want.</summary>
    public ChannelDemand Channels { get; set; } = new(1029, 1155, 1);

    /// <summary>What the devices that start from here on can carry; the others have ten.</summary>
    public Dictionary<int, int> Capacities { get; } = [];

    /// <summary>What each device's journal remembers of devices' being offline.</summary>
    public Dictionary<DeviceId, ImmutableArray<OfflineWord>> Journals { get; } = [];

    public List<string> Violations { get; } = [];

    public IEnumerable<Node> Nodes => _nodes.Values;

    public Node this[int id] => _nodes[new DeviceId(id)];

    /// <summary>One device: its replica, the part of the network it is in, its roles and what it was told.</summary>
    internal sealed class Node(DeviceId id, ClusterReplica replica, Part part)
    {
        public DeviceId Id { get; } = id;

        public ClusterReplica Replica { get; set; } = replica;

        public Part Part { get; set; } = part;

        public bool Running { get; set; } = true;

        public Dictionary<string, LocalRole> Roles { get; } = [];

        public List<ClusterNotice> Told { get; } = [];

        public ClusterState State => Replica.State.ShouldNotBeNull();
    }

    internal sealed class Part
    {
        public Queue<(DeviceId Sender, byte[] Command)> Queue { get; } = new();

        public RingId Ring { get; set; }
    }

    /// <summary>Starts workers; each joins the part of the first running device, or makes one.</summary>
    public void Start(params int[] ids)
    {
        foreach (var id in ids.Select(i => new DeviceId(i)))
        {
            var part = Nodes.FirstOrDefault(n => n.Running)?.Part ?? new Part();
            var remembered = Journals.GetValueOrDefault(id, []);
            var highest = remembered.Select(w => w.At).Append(Epoch.None).Max();
            var declaration = new Declaration(7, highest, Groups, ["vs1", "vs2"], ["web/10.0.0.1:80"], Revoked, Channels)
            {
                HaCapacity = Capacities.GetValueOrDefault(id.Value, DeviceLoad.DefaultCapacity),
                Offline = remembered,
            };
            _nodes[id] = new Node(id, ClusterReplica.Create(id, ++_incarnation * 1000, declaration), part);
            View(part, newRing: true, joined: [id], []);
        }
    }

    public void Stop(int id, LeaveReason reason)
    {
        var node = this[id];
        node.Running = false;
        node.Roles.Clear();
        View(node.Part, newRing: reason == LeaveReason.DeviceDown, [], [new Departure(node.Id, reason)]);
    }

    /// <summary>Cuts the network: the named devices hear each other only.</summary>
    public void Cut(params int[] ids)
    {
        var cut = ids.Select(i => this[i]).Where(n => n.Running).ToList();
        foreach (var part in cut.Select(n => n.Part).Distinct().ToList())
        {
            var moved = cut.Where(n => n.Part == part).ToList();
            var stays = Running(part).Except(moved).ToList();
            var own = new Part();
            foreach (var node in moved) node.Part = own;
            View(own, true, [], [.. stays.Select(n => new Departure(n.Id, LeaveReason.DeviceDown))]);
            View(part, true, [], [.. moved.Select(n => new Departure(n.Id, LeaveReason.DeviceDown))]);
        }
    }

    /// <summary>All hear each other again: each side sees the other's devices join.</summary>
    public void Heal()
    {
        var parts = Nodes.Where(n => n.Running).Select(n => n.Part).Distinct().ToList();
        if (parts.Count < 2) return;
        var sides = parts.Select(p => Running(p).ToList()).ToList();
        var whole = new Part { Ring = NewRing() };
        var members = sides.SelectMany(s => s).Select(n => n.Id).Order().ToImmutableArray();
        foreach (var side in sides)
        {
            var joined = members.Except(side.Select(n => n.Id)).ToImmutableArray();
            foreach (var node in side)
            {
                node.Part = whole;
                Feed(node, new ClusterEvent.View(whole.Ring, IsQuorate(members.Length), members, joined, []));
            }
        }
    }

    public void Send(int sender, ClusterCommand command) => this[sender].Part.Queue.Enqueue((new DeviceId(sender), CommandCodec.Encode(command)));

    public void SendRaw(int sender, byte[] bytes) => this[sender].Part.Queue.Enqueue((new DeviceId(sender), bytes));

    public void Reenter(int id) => Carry(this[id], this[id].Replica.Reenter("test"));

    /// <summary>Delivers up to so many commands in every part.</summary>
    public void Deliver(int count = int.MaxValue)
    {
        for (var delivered = 0; delivered < count && Nodes.Any(n => n.Running && n.Part.Queue.Count > 0); delivered++)
        {
            if (delivered > 2_000) throw new InvalidOperationException("the devices never fall silent");
            foreach (var part in Nodes.Where(n => n.Running).Select(n => n.Part).Distinct().ToList())
            {
                if (!part.Queue.TryDequeue(out var next)) continue;
                foreach (var node in Running(part).ToList()) Feed(node, new ClusterEvent.Command(part.Ring, next.Sender, next.Command));
            }

            CheckAgreement();
        }
    }

    /// <summary>Everything in flight arrives, and who waits asks again.</summary>
    public void Settle()
    {
        Deliver();
        for (var round = 0; round < 4; round++)
        {
            foreach (var node in Nodes.Where(n => n.Running && n.Replica.IsWaiting)) Carry(node, node.Replica.Retry());
            Deliver();
        }
    }

    public IEnumerable<Node> Synced => Nodes.Where(n => n.Running && n.Replica.Phase is SyncPhase.Established && n.State.IsSynced(n.Id));

    /// <summary>The actives report that they are up and that their copies are complete, as nodes do in the end.</summary>
    public void ReportUp()
    {
        foreach (var node in Synced.ToList())
        {
            foreach (var (group, role) in node.Roles.ToList())
            {
                if (role is not LocalRole.Active active) continue;
                Send(node.Id.Value, new ClusterCommand.Promoted(group, active.Epoch, 1, 2, 3, 0, 0, null));
                if (active.Peer is { } peer) Send(node.Id.Value, new ClusterCommand.MirrorStatus(group, active.Epoch, peer.Device, true, 1));
            }
        }

        Settle();
    }

    /// <summary>Handovers come to their end, each released as soon as its target has the copy.</summary>
    public void Complete()
    {
        for (var round = 0; round < 8; round++)
        {
            ReportUp();
            foreach (var node in Synced.ToList())
            {
                foreach (var (group, role) in node.Roles.Where(r => r.Value is LocalRole.HandingOver).ToList())
                    Send(node.Id.Value, new ClusterCommand.Release(group, role.Epoch, 0));
            }

            Settle();
        }
    }

    /// <summary>What everybody has told counts.</summary>
    public void SettleScores(int id)
    {
        if (this[id].State.ScoresChanged is { } changed && changed != Epoch.None) Send(id, new ClusterCommand.ScoresSettled(changed));
        Settle();
    }

    /// <summary>The device says that all moves of the group it knows are over.</summary>
    public void PassFlapWindow(int id, string group)
    {
        if (this[id].State.Groups.GetValueOrDefault(group)?.Flaps is [.., var last]) Send(id, new ClusterCommand.FlapsOver(group, last));
    }

    private IEnumerable<Node> Running(Part part) => Nodes.Where(n => n.Running && n.Part == part);

    private bool IsQuorate(int members) => members > _size / 2;

    private RingId NewRing() => new(1, _ring += 4);

    private void View(Part part, bool newRing, ImmutableArray<DeviceId> joined, ImmutableArray<Departure> left)
    {
        if (newRing || part.Ring == default)
        {
            part.Ring = NewRing();
            part.Queue.Clear();
        }

        var members = Running(part).Select(n => n.Id).Order().ToImmutableArray();
        foreach (var node in Running(part).ToList())
        {
            Feed(node, new ClusterEvent.View(part.Ring, IsQuorate(members.Length), members, joined, left));
        }

        CheckAgreement();
    }

    private void Feed(Node node, ClusterEvent clusterEvent)
    {
        var before = node.Replica;
        Carry(node, before.Handle(clusterEvent));
        if (clusterEvent is not ClusterEvent.Command command || CommandCodec.Decode(command.Payload.Span, out _) is not ClusterCommand.FlapsOver) CheckHolds(before, node.Replica);
    }

    private void Carry(Node node, (ClusterReplica Replica, ImmutableArray<ReplicaEffect> Effects) step)
    {
        node.Replica = step.Replica;
        if (node.Replica.State?.OfflineWords is { IsEmpty: false } words) Journals[node.Id] = words;
        foreach (var effect in step.Effects)
        {
            switch (effect)
            {
                case ReplicaEffect.Send send:
                    node.Part.Queue.Enqueue((node.Id, CommandCodec.Encode(send.Command)));
                    break;
                case ReplicaEffect.SetRole set:
                    node.Roles[set.Group] = set.Role;
                    break;
                case ReplicaEffect.DropRoles:
                    node.Roles.Clear();
                    break;
                case ReplicaEffect.Tell tell:
                    node.Told.Add(tell.Notice);
                    break;
            }
        }
    }

    /// <summary>Over one event a held group goes to no new device, unless an operator wants it.</summary>
    private void CheckHolds(ClusterReplica before, ClusterReplica after)
    {
        if (before.Phase is not SyncPhase.Established was || after.Phase is not SyncPhase.Established now) return;
        foreach (var group in now.State.Groups.Values)
        {
            if (was.State.Groups.GetValueOrDefault(group.Name) is not { IsHeld: true } old || group.Epoch == old.Epoch) continue;
            var place = old.Active ?? old.Previous;
            if (group.Active is { } active && active != place && active != old.Handover?.Target && group.Reason.IsFailure())
                Violations.Add($"{group.Name} was held on {place} and went to {active} ({group.Reason})");
        }
    }

    /// <summary>What must hold after every single event.</summary>
    private void CheckAgreement()
    {
        foreach (var part in Nodes.Where(n => n.Running).Select(n => n.Part).Distinct())
        {
            var live = Running(part).Where(n => n.Replica.Phase is SyncPhase.Established).ToList();
            if (live.Select(n => Convert.ToHexString(StateCodec.Encode(n.State))).Distinct().Count() > 1) Violations.Add("members of one part disagree");
        }

        foreach (var group in Groups)
        {
            var owners = Nodes.Where(n => n.Running && n.Roles.GetValueOrDefault(group.Name) is LocalRole.Active or LocalRole.HandingOver).ToList();
            foreach (var epoch in owners.GroupBy(n => n.Roles[group.Name].Epoch).Where(e => e.Count() > 1)) Violations.Add($"two owners of {group.Name} in epoch {epoch.Key}");
            if (owners.Select(n => n.Part).Distinct().Count() < owners.Count) Violations.Add($"two owners of {group.Name} in one part");
        }
    }
}
