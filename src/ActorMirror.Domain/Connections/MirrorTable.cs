using ActorMirror.Domain.MirrorProtocol;
using ActorMirror.Domain.Persistence;

namespace ActorMirror.Domain.Connections;

/// <summary>
/// The copy of a traffic group's connections on its mirror, and what of it is in this device's kernel. One owner, one thread.
/// An entry is *verified* when the current snapshot, or a change after its beginning, named it. Entries this device has from a
/// former role or found in its kernel are seeded unverified: the stream decides what becomes of them. The digest is of what is in the kernel, as its
/// answers and events tell: what the active's digest is compared with.
/// </summary>
/// <param name="maximum">Room; the active is told, and a connection beyond it is retracted.</param>
/// <param name="maximumRecords">Room for persistence records.</param>
public sealed partial class MirrorTable(int maximum, int maximumRecords = 0)
{
    private const int Nowhere = -1;

    private readonly FlowTable<Note> entries = new();
    private int snapshot = 1; // entries of former ones, and seeded ones (0), are unverified
    private int verified;
    private int refusedInSnapshot;
    private int sweepCursor = Nowhere;

    public int Count => entries.Count;

    /// <summary>The persistence records; the stream carries both in one order.</summary>
    public PersistenceCopy Records { get; } = new(maximumRecords);

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
    public static MirrorTable FromActive(ConnectionTable active, int maximum, int maximumRecords = 0)
    {
        var table = new MirrorTable(maximum, maximumRecords);
        Span<ConnectionView> views = new ConnectionView[256];
        var cursor = 0;
        while (active.Read(ref cursor, views) is > 0 and var read)
        {
            foreach (ref readonly var view in views[..read]) table.Seed(view.Record, view.Helped);
        }

        return table;
    }

    /// <summary>An entry with our mark that is in this device's kernel. It may exceed the room: it is there, and may have to be deleted.</summary>
    public void Seed(in ConnectionRecord record, HelperState? helped = null)
    {
        var slot = entries.Find(record.Original);
        if (slot != Nowhere && entries[slot].Snapshot == snapshot) verified--;
        Put(slot, record, helped, new Note { InKernel = true });
    }

    /// <summary>
    /// Somebody else made or changed an entry with our mark. What this table does not know is seeded, what is not as it was is noted so: the next
    /// digest brings it back in order. What only the entry's course changes (its state) is the kernel's.
    /// </summary>
    public void Found(in ConnectionRecord record)
    {
        var slot = entries.Find(record.Original);
        if (slot == Nowhere) Seed(record);
        else if (entries[slot].InKernel && entries.Record(slot) is var known && !IsSameEntry(known, record))
            Put(slot, known with { Reply = record.Reply, Mark = record.Mark }, entries.Helped(slot), entries[slot] with { Injected = false });
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
                case MirrorChangeKind.Upsert or MirrorChangeKind.Reassert:
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
                    doubtedSince = Nowhere;
                    Records.BeginSnapshot();
                    break;
                case MirrorChangeKind.SnapshotEnd:
                    // Refused connections are not in the table: then the count cannot be compared.
                    consistent = refusedInSnapshot > 0 || verified == change.Count;
                    sweepCursor = consistent ? 0 : Nowhere;
                    Records.EndSnapshot(work.Records);
                    break;
                case MirrorChangeKind.Doubt:
                    Doubt(change);
                    break;
                case MirrorChangeKind.Settle:
                    sweepCursor = 0;
                    break;
                case MirrorChangeKind.Persist or MirrorChangeKind.Unpersist:
                    Records.Apply(change, work.Records);
                    break;
                default:
                    throw new ArgumentOutOfRangeException(nameof(changes), change.Kind, "no such change");
            }
        }

        return consistent;
    }

    /// <summary>
    /// After the end of a snapshot or repair: deletes what no change named, a limited number of entries at a time. True: the copy is complete.
    /// The batch with that end is applied only then.
    /// </summary>
    public bool Sweep(MirrorWork work, int limit)
    {
        if (sweepCursor == Nowhere) return IsComplete;
        for (; sweepCursor < entries.SlotCount && limit > 0; sweepCursor++)
        {
            if (!entries.IsUsed(sweepCursor) || !IsGhost(sweepCursor)) continue;
            if (IsRepairing && entries[sweepCursor].InKernel) Repairs = Repairs with { Ghosts = Repairs.Ghosts + 1 };
            Delete(entries.Key(sweepCursor), work);
            limit--;
        }

        if (sweepCursor < entries.SlotCount) return false;
        sweepCursor = Nowhere;
        if (!IsRepairing) return IsComplete = true;
        doubtedSince = Nowhere;
        return IsComplete;
    }

    /// <summary>
    /// The kernel did not do an operation. True: the active must be told. False: a later operation on the same flow decides, or the flow is gone.
    /// </summary>
    public bool Failed(in KernelOperation operation, RetractionReason reason, out Retraction retraction)
    {
        var slot = entries.Find(operation.Record.Original);
        retraction = default;
        if (slot == Nowhere && operation.Action == KernelAction.Delete) Seed(operation.Record, operation.Former); // it is still there: a ghost for the next digest to find
        return slot != Nowhere && entries[slot].Asked == operation.Sequence && Lose(slot, reason, out retraction);
    }

    /// <summary>An entry disappeared: a DESTROY event that this device did not cause itself. True: the active must be told.</summary>
    public bool Vanished(in FlowKey key, out Retraction retraction)
    {
        var slot = entries.Find(key);
        retraction = default;
        if (slot == Nowhere || entries[slot].Sequence > 0) return slot != Nowhere && Lose(slot, RetractionReason.Vanished, out retraction);
        Uncount(slot);
        entries.Remove(slot); // seeded, and no change ever named it
        return false;
    }

    private void Upsert(in MirrorChange change, MirrorWork work)
    {
        var slot = entries.Find(change.Key);
        if (slot == Nowhere && entries.Count >= maximum)
        {
            refusedInSnapshot++;
            work.Retractions.Add(new Retraction(change.Key, change.Sequence, RetractionReason.MirrorTableFull));
            return;
        }

        if (change.Kind == MirrorChangeKind.Reassert) CountRepair(slot, change);
        var note = slot == Nowhere ? default : entries[slot];
        var former = slot == Nowhere ? null : entries.Helped(slot);
        var needed = Needed(note, slot == Nowhere ? default : entries.Record(slot), former, change);
        if (needed is { } action) work.Operations.Add(new KernelOperation(action, change.Record, change.Sequence, change.Helped, former));
        if (note.Snapshot != snapshot) verified++;
        Put(slot, change.Record, change.Helped, new Note
        {
            Sequence = change.Sequence,
            Asked = needed is null ? note.Asked : change.Sequence,
            Snapshot = snapshot,
            InKernel = true,
            Injected = true,
        });
    }

    private bool Lose(int slot, RetractionReason reason, out Retraction retraction)
    {
        var (record, note) = (entries.Record(slot), entries[slot]);
        retraction = new Retraction(record.Original, note.Sequence, reason);
        if (!note.InKernel) return false;
        Put(slot, record, entries.Helped(slot), note with { InKernel = false, HasFailed = true });
        return true;
    }

    /// <summary>The entry's flags are only known when this table injected it: a kernel's own entry is updated even if it looks alike.</summary>
    private static KernelAction? Needed(in Note note, in ConnectionRecord known, HelperState? helped, in MirrorChange change) => note switch
    {
        { InKernel: false, HasFailed: false } => KernelAction.Create,
        { InKernel: false } => KernelAction.Replace,
        _ when !IsSameEntry(known, change.Record) || helped?.Helper != change.Helped?.Helper => KernelAction.Replace,
        _ when !note.Injected || known != change.Record || helped != change.Helped => KernelAction.Update,
        _ => null,
    };

    /// <summary>What cannot be changed in a kernel's entry is the same, but for its helper.</summary>
    private static bool IsSameEntry(in ConnectionRecord left, in ConnectionRecord right) =>
        left.Reply == right.Reply && ((left.Mark.Value ^ right.Mark.Value) & ~FlowMark.Closing) == 0;

    private void Delete(in FlowKey key, MirrorWork work)
    {
        var slot = entries.Find(key);
        if (slot == Nowhere) return;
        var note = entries[slot];
        if (note.InKernel) work.Operations.Add(new KernelOperation(KernelAction.Delete, entries.Record(slot), note.Sequence, Former: entries.Helped(slot)));
        if (note.Snapshot == snapshot) verified--;
        Uncount(slot);
        entries.Remove(slot);
    }

    /// <summary>Puts a connection into its slot, or into a new one.</summary>
    private void Put(int slot, in ConnectionRecord record, HelperState? helped, in Note note)
    {
        if (slot == Nowhere)
        {
            slot = entries.Add(record);
        }
        else
        {
            Uncount(slot);
            entries.Change(slot, record);
        }

        entries.Help(slot, helped);
        entries[slot] = note;
        Open.Enter(record, note.InKernel);
        if (!note.InKernel) return;
        CountInKernel++;
        digest.Add(record, helped);
    }

    private void Uncount(int slot)
    {
        var (record, inKernel) = (entries.Record(slot), entries[slot].InKernel);
        Open.Leave(record, inKernel);
        if (!inKernel) return;
        CountInKernel--;
        digest.Remove(record, entries.Helped(slot));
    }

    private record struct Note
    {
        public long Sequence;
        public long Asked;
        public int Snapshot;
        public bool InKernel;
        public bool Injected;
        public bool HasFailed;
    }
}
