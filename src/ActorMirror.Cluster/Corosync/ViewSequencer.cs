using System.Collections.Immutable;
using ActorMirror.Domain.Cluster;
using ActorMirror.Domain.Devices;

namespace ActorMirror.Cluster.Corosync;

/// <summary>
/// Joins what corosync tells over two descriptors into one stream that is the same on every device. Pure: no I/O, no clock.
/// <code>
/// CPG      members(node down) → ring R2 → message → members(process down) → …     one total order
/// QUORUM   ……………………………………… R2, quorate …………………………………………………………     1 to 3 ms later, or earlier
/// out      …………………………………………………………… View R2 · Command · View R2 · …             released when the verdict on R2 is known
/// </code>
/// Rules: a change of members with the reason "node" waits for the ring that follows it, one with the reason "process" is a view of
/// the current ring. A view whose ring has no verdict yet holds back itself and all behind it: a minority hears of a departure
/// before it hears that it lost the quorum. A ring that was overtaken before any verdict never existed, if nothing was ordered in it;
/// if something was, others may have acted on it in a view this device never had, and the stream is <see cref="Broken"/>.
/// </summary>
internal sealed class ViewSequencer(DeviceId self)
{
    // Verdicts are kept for rings CPG has not shown yet; more than a few in a row without a CPG event is a ring that does not settle.
    private const int VerdictsKept = 16;

    private readonly SortedSet<WorkerRun> _members = new(Comparer<WorkerRun>.Create(Compare));
    private readonly Dictionary<DeviceId, uint> _lastEnded = [];
    private readonly HashSet<WorkerRun> _fencedEarly = [];
    private readonly List<(RingId Ring, bool Quorate)> _verdicts = [];
    private readonly Queue<Held> _held = new();
    private readonly Queue<ClusterEvent> _ready = new();
    private List<Departure> _left = [];
    private List<DeviceId> _joined = [];
    private bool _ringChanging = true;
    private ClusterEvent.View? _last;

    /// <summary>The ring CPG is in; null before the first.</summary>
    public RingId? Ring { get; private set; }

    /// <summary>The stream cannot be continued: the device has to join anew, and takes the others' state as any newcomer does.</summary>
    public string? Broken { get; private set; }

    /// <summary>Events that wait for a verdict.</summary>
    public int HeldCount => _held.Count;

    public bool IsMember(WorkerRun run) => _members.Contains(run);

    public bool TryTake(out ClusterEvent next)
    {
        var found = _ready.TryDequeue(out var ready);
        next = ready!;
        return found;
    }

    public bool TryPeek(out ClusterEvent next)
    {
        var found = _ready.TryPeek(out var ready);
        next = ready!;
        return found;
    }

    /// <summary>CPG's change of membership: all members after it, and what changed.</summary>
    /// <param name="byRing">Whether nodes came or went: a ring follows.</param>
    public void MembersChanged(IReadOnlyCollection<WorkerRun> members, IReadOnlyCollection<EndedRun> left, IReadOnlyCollection<WorkerRun> joined, bool byRing)
    {
        foreach (var ended in left)
        {
            // A process that leaves and then closes its connection is reported twice.
            if (!_members.Remove(ended.Run))
                continue;
            _left.Add(new Departure(ended.Run.Device, ended.Reason));
            _lastEnded[ended.Run.Device] = ended.Run.ProcessId;
        }

        foreach (var run in joined)
        {
            _joined.Add(run.Device);
            _lastEnded.Remove(run.Device);
        }

        _members.Clear();
        _members.UnionWith(members);

        if (byRing || Ring is null)
            _ringChanging = true;
        else if (!_ringChanging && (_left.Count > 0 || _joined.Count > 0))
            HoldView();
    }

    /// <summary>CPG has finished the change to a ring; what it delivers from here on belongs to it.</summary>
    public void RingChanged(RingId ring)
    {
        var again = Ring == ring && _left.Count == 0 && _joined.Count == 0;
        Ring = ring;
        _ringChanging = false;

        // The initial ring may come before the own join is delivered: then the join itself makes the view.
        if (again || !_members.Any(run => run.Device == self))
            return;
        HoldView();
    }

    /// <summary>QUORUM's word on a ring; a second word on the same ring is a change of votes within it.</summary>
    public void Verdict(RingId ring, bool quorate)
    {
        _verdicts.RemoveAll(verdict => verdict.Ring == ring);
        _verdicts.Add((ring, quorate));
        if (_verdicts.Count > VerdictsKept)
            _verdicts.RemoveAt(0);
        Release();

        if (_held.Count == 0 && _last is { } last && last.Ring == ring && ring == Ring && last.Quorate != quorate)
            Ready(last with { Quorate = quorate, Joined = [], Left = [] });
    }

    /// <returns>False: dropped, because it was decided in another ring or its sender is not a member.</returns>
    public bool CommandDelivered(WorkerRun sender, RingId decidedIn, ReadOnlySpan<byte> payload)
    {
        if (decidedIn != Ring || !_members.Contains(sender))
            return false;
        HoldOrReady(new ClusterEvent.Command(decidedIn, sender.Device, payload.ToArray()));
        return true;
    }

    /// <summary>
    /// A supervisor's word that its dead worker's device is fenced. It comes over a group of its own, in no order with the views: it is
    /// handed over behind the view that tells of the death, and never when the device has a worker again.
    /// </summary>
    public void FencedDelivered(WorkerRun dead)
    {
        if (_members.Contains(dead))
            _fencedEarly.Add(dead);
        else if (_lastEnded.TryGetValue(dead.Device, out var ended) && ended == dead.ProcessId)
            HoldOrReady(new ClusterEvent.Fenced(dead.Device));
    }

    /// <summary>Whether this ring is current and QUORUM is in the same one: corosync has synchronised its services.</summary>
    public bool IsSettled(RingId sentIn) => sentIn == Ring && !_ringChanging && _verdicts.Count > 0 && _verdicts[^1].Ring == sentIn;

    /// <summary>Whether a heartbeat of this ring renews a lease: the ring is settled and quorate.</summary>
    public bool Renews(RingId sentIn) => IsSettled(sentIn) && _verdicts[^1].Quorate;

    private void HoldView()
    {
        var view = new ClusterEvent.View(
            Ring!.Value,
            Quorate: false,
            [.. _members.Select(run => run.Device).Distinct()],
            [.. _joined.Distinct().Order()],
            [.. _left.OrderBy(departure => departure.Device)]);
        _held.Enqueue(new Held.View(view));
        _left = [];
        _joined = [];

        foreach (var dead in _fencedEarly.Where(dead => !_members.Contains(dead)).ToList())
        {
            _fencedEarly.Remove(dead);
            _held.Enqueue(new Held.Event(new ClusterEvent.Fenced(dead.Device)));
        }

        Release();
    }

    private void HoldOrReady(ClusterEvent next)
    {
        if (_held.Count > 0)
            _held.Enqueue(new Held.Event(next));
        else
            Ready(next);
    }

    private void Release()
    {
        while (_held.TryPeek(out var head))
        {
            switch (head)
            {
                case Held.Event(var other):
                    _held.Dequeue();
                    Ready(other);
                    break;
                case Held.View(var view) when TryVerdict(view.Ring, out var quorate):
                    _held.Dequeue();
                    Ready(view with { Quorate = quorate });
                    break;
                case Held.View(var view) when Overtaken(view.Ring):
                    _held.Dequeue();
                    Collapse(view);
                    break;
                default:
                    return;
            }
        }
    }

    /// <summary>QUORUM's notifications come in order: once it spoke of a later ring it will not speak of this one.</summary>
    private bool Overtaken(RingId ring) =>
        _held.OfType<Held.View>().Any(later => later.Draft.Ring != ring && TryVerdict(later.Draft.Ring, out _));

    /// <summary>Puts the changes of a view nobody could act on into the view that follows it.</summary>
    private void Collapse(ClusterEvent.View overtaken)
    {
        if (_held.TryPeek(out var next) && next is Held.View(var following))
        {
            var merged = following with
            {
                Joined = [.. overtaken.Joined.Union(following.Joined).Where(following.Members.Contains).Order()],
                Left = [.. overtaken.Left.Concat(following.Left).DistinctBy(departure => departure.Device).OrderBy(departure => departure.Device)],
            };
            var rest = _held.Skip(1).ToList();
            _held.Clear();
            _held.Enqueue(new Held.View(merged));
            rest.ForEach(_held.Enqueue);
        }
        else
        {
            Broken ??= $"commands were ordered in ring {overtaken.Ring}, on whose quorum nothing was heard";
        }
    }

    private void Ready(ClusterEvent next)
    {
        if (next is ClusterEvent.View view)
            _last = view;
        _ready.Enqueue(next);
    }

    private bool TryVerdict(RingId ring, out bool quorate)
    {
        var index = _verdicts.FindIndex(verdict => verdict.Ring == ring);
        quorate = index >= 0 && _verdicts[index].Quorate;
        return index >= 0;
    }

    private static int Compare(WorkerRun left, WorkerRun right) =>
        left.Device != right.Device ? left.Device.CompareTo(right.Device) : left.ProcessId.CompareTo(right.ProcessId);

    private abstract record Held
    {
        public sealed record View(ClusterEvent.View Draft) : Held;

        public sealed record Event(ClusterEvent Next) : Held;
    }
}
