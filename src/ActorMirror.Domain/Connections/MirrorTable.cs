using ActorMirror.Domain.MirrorProtocol;

namespace ActorMirror.Domain.Connections;

/// <summary>What is to be done to the kernel's entry of one connection.</summary>
public enum KernelAction : byte
{
    Create,

    /// <summary>The entry is there with the same tuples: state, flags and the mark's closing bit are set.</summary>
    Update,

    /// <summary>The entry may be there with another reply tuple or mark: delete by original tuple and create, in one batch.</summary>
    Replace,
    Delete,
}

/// <param name="Record">The new value; for a delete the last one: its original tuple names the entry.</param>
/// <param name="Sequence">The change that asks for it; with the flow it names the operation.</param>
public readonly record struct KernelOperation(KernelAction Action, ConnectionRecord Record, long Sequence);

/// <summary>What one batch asks for; made once and reused.</summary>
public sealed class MirrorWork
{
    /// <summary>For the kernel, in this order.</summary>
    public List<KernelOperation> Operations { get; } = [];

    /// <summary>For the active.</summary>
    public List<Retraction> Retractions { get; } = [];

    public void Clear()
    {
        Operations.Clear();
        Retractions.Clear();
    }
}

/// <summary>
/// The copy of a traffic group's connections on its mirror, and what of it is in this device's kernel. One owner, one thread.
/// An entry is *verified* when the current snapshot, or a change after its beginning, named it. Entries this device has from a
/// former role or found in its kernel are seeded unverified: the stream decides what becomes of them.
/// </summary>
/// <param name="maximum">Room; the active is told, and a connection beyond it is retracted.</param>
public sealed class MirrorTable(int maximum)
{
    private const int Nowhere = -1;

    private readonly FlowTable<Entry> entries = new();
    private int snapshot = 1; // entries of former ones, and seeded ones (0), are unverified
    private int verified;
    private int refusedInSnapshot;
    private int sweepCursor = Nowhere;

    public int Count => entries.Count;

    /// <summary>The open ones; protected are those in this device's kernel.</summary>
    public OpenTally Open { get; } = new();

    /// <summary>How many are in this device's kernel, open or lingering.</summary>
    public int CountInKernel { get; private set; }

    public int Room => maximum;

    /// <summary>Whether everything the active has is here, and nothing else: true from the end of a snapshot until the next begins.</summary>
    public bool IsComplete { get; private set; }

    /// <summary>The end of a snapshot was read: <see cref="Sweep"/> must be called until it is through.</summary>
    public bool MustSweep => sweepCursor != Nowhere;

    /// <summary>The table of a device that was active: all of it unverified.</summary>
    public static MirrorTable FromActive(ConnectionTable active, int maximum)
    {
        var table = new MirrorTable(maximum);
        Span<ConnectionView> views = new ConnectionView[256];
        var cursor = 0;
        while (active.Read(ref cursor, views) is > 0 and var read)
        {
            foreach (ref readonly var view in views[..read]) table.Seed(view.Record);
        }

        return table;
    }

    /// <summary>An entry with our mark that is in this device's kernel. It may exceed the room: it is there, and may have to be deleted.</summary>
    public void Seed(in ConnectionRecord record)
    {
        var slot = entries.Find(record.Original);
        if (slot == Nowhere) slot = entries.Add(record.Original);
        else if (entries[slot].Snapshot == snapshot) verified--;
        Set(slot, new Entry { Record = record, Used = true, InKernel = true });
    }

    /// <summary>
    /// Applies a batch in its order; what the kernel is to do is added to <paramref name="work"/>, and counts as done unless
    /// <see cref="Failed"/> says otherwise. False: the copy differs from what the active says it should be, and is not complete.
    /// </summary>
    public bool Apply(ReadOnlySpan<MirrorChange> changes, MirrorWork work)
    {
        var consistent = true;
        foreach (ref readonly var change in changes)
        {
            switch (change.Kind)
            {
                case MirrorChangeKind.Upsert:
                    Upsert(change, work);
                    break;
                case MirrorChangeKind.Delete:
                    Delete(change.Key, work);
                    break;
                case MirrorChangeKind.SnapshotBegin:
                    snapshot++;
                    verified = refusedInSnapshot = 0;
                    sweepCursor = Nowhere;
                    IsComplete = false;
                    break;
                case MirrorChangeKind.SnapshotEnd:
                    // Refused connections are not in the table: then the count cannot be compared.
                    consistent = refusedInSnapshot > 0 || verified == change.Count;
                    sweepCursor = consistent ? 0 : Nowhere;
                    break;
                default:
                    throw new ArgumentOutOfRangeException(nameof(changes), change.Kind, "no such change");
            }
        }

        return consistent;
    }

    /// <summary>
    /// After the end of a snapshot: deletes what stayed unverified, a limited number of entries at a time. True: the copy is complete.
    /// The batch that ended the snapshot is applied only then.
    /// </summary>
    public bool Sweep(MirrorWork work, int limit)
    {
        if (sweepCursor == Nowhere) return IsComplete;
        for (; sweepCursor < entries.SlotCount && limit > 0; sweepCursor++)
        {
            if (!entries[sweepCursor].Used || entries[sweepCursor].Snapshot == snapshot) continue;
            Delete(entries[sweepCursor].Record.Original, work);
            limit--;
        }

        if (sweepCursor < entries.SlotCount) return false;
        sweepCursor = Nowhere;
        return IsComplete = true;
    }

    /// <summary>
    /// The kernel did not do an operation. True: the active must be told. False: a later operation on the same flow decides, or the flow is gone.
    /// </summary>
    public bool Failed(in KernelOperation operation, RetractionReason reason, out Retraction retraction)
    {
        var slot = entries.Find(operation.Record.Original);
        retraction = default;
        return slot != Nowhere && entries[slot].Asked == operation.Sequence && Lose(slot, reason, out retraction);
    }

    /// <summary>An entry disappeared: a DESTROY event that this device did not cause itself. True: the active must be told.</summary>
    public bool Vanished(in FlowKey key, out Retraction retraction)
    {
        var slot = entries.Find(key);
        retraction = default;
        return slot != Nowhere && Lose(slot, RetractionReason.Vanished, out retraction);
    }

    /// <summary>
    /// Reads what is in the kernel from a cursor that starts at 0 and may rest between calls while the table changes; returns how many were written, 0 at
    /// the end.
    /// </summary>
    public int Read(ref int cursor, Span<ConnectionRecord> destination)
    {
        var written = 0;
        for (; cursor < entries.SlotCount && written < destination.Length; cursor++)
        {
            if (entries[cursor] is { Used: true, InKernel: true }) destination[written++] = entries[cursor].Record;
        }

        return written;
    }

    /// <summary>What is in the kernel now, verified or not.</summary>
    public IEnumerable<ConnectionRecord> InKernel()
    {
        for (var slot = 0; slot < entries.SlotCount; slot++)
        {
            if (entries[slot] is { Used: true, InKernel: true }) yield return entries[slot].Record;
        }
    }

    public bool TryGet(in FlowKey key, out ConnectionRecord record, out bool inKernel, out bool isVerified)
    {
        var slot = entries.Find(key);
        var entry = slot == Nowhere ? default : entries[slot];
        (record, inKernel, isVerified) = (entry.Record, entry.InKernel, entry.Used && entry.Snapshot == snapshot);
        return entry.Used;
    }

    private void Upsert(in MirrorChange change, MirrorWork work)
    {
        var slot = entries.Find(change.Key);
        if (slot == Nowhere)
        {
            if (entries.Count >= maximum)
            {
                refusedInSnapshot++;
                work.Retractions.Add(new Retraction(change.Key, change.Sequence, RetractionReason.MirrorTableFull));
                return;
            }

            slot = entries.Add(change.Key);
        }

        var entry = entries[slot];
        var needed = Needed(entry, change.Record);
        if (needed is { } action) work.Operations.Add(new KernelOperation(action, change.Record, change.Sequence));
        if (entry.Snapshot != snapshot) verified++;
        Set(slot, new Entry
        {
            Record = change.Record,
            Sequence = change.Sequence,
            Asked = needed is null ? entry.Asked : change.Sequence,
            Snapshot = snapshot,
            Used = true,
            InKernel = true,
            Injected = true,
        });
    }

    private bool Lose(int slot, RetractionReason reason, out Retraction retraction)
    {
        var entry = entries[slot];
        retraction = new Retraction(entry.Record.Original, entry.Sequence, reason);
        if (!entry.InKernel) return false;
        Set(slot, entry with { InKernel = false, HasFailed = true });
        return true;
    }

    /// <summary>The entry's flags are only known when this table injected it: a kernel's own entry is updated even if it looks alike.</summary>
    private static KernelAction? Needed(in Entry entry, in ConnectionRecord record) => entry switch
    {
        { InKernel: false, HasFailed: false } => KernelAction.Create,
        { InKernel: false } => KernelAction.Replace,
        _ when entry.Record.Reply != record.Reply => KernelAction.Replace,
        _ when ((entry.Record.Mark.Value ^ record.Mark.Value) & ~FlowMark.Closing) != 0 => KernelAction.Replace,
        _ when !entry.Injected || entry.Record != record => KernelAction.Update,
        _ => null,
    };

    private void Delete(in FlowKey key, MirrorWork work)
    {
        var slot = entries.Find(key);
        if (slot == Nowhere) return;
        ref var entry = ref entries[slot];
        if (entry.InKernel) work.Operations.Add(new KernelOperation(KernelAction.Delete, entry.Record, entry.Sequence));
        if (entry.Snapshot == snapshot) verified--;
        Set(slot, default);
        entries.Remove(key);
    }

    private void Set(int slot, in Entry entry)
    {
        ref var place = ref entries[slot];
        if (place.Used) Open.Leave(place.Record, place.InKernel);
        CountInKernel += (entry.InKernel ? 1 : 0) - (place.InKernel ? 1 : 0);
        place = entry;
        if (place.Used) Open.Enter(place.Record, place.InKernel);
    }

    private struct Entry
    {
        public ConnectionRecord Record;
        public long Sequence;
        public long Asked;
        public int Snapshot;
        public bool Used;
        public bool InKernel;
        public bool Injected;
        public bool HasFailed;
    }
}
