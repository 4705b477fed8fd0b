using ActorMirror.Domain.Connections;

namespace ActorMirror.Domain.Persistence;

/// <summary>
/// The persistence records of one traffic group on its active device: the truth, of which the kernel's maps are a cache and the mirror has a copy. One owner, one
/// thread. A record lives while its client has connections, and then for its timeout:
/// <code>
/// Began --> lives, told --n connections--> last one ended --timeout--> Expired, told
///             '--told again a third of the timeout later, if it lives longer than was told--'
/// </code>
/// So what was told is never more than a third of a lifetime behind, and nothing that still lives ends in a kernel or on a mirror.
/// </summary>
/// <param name="maximum">Room. A client beyond it is not remembered, but counted: its connections are spread as without persistence.</param>
/// <param name="isSame">Whether two marks are of one member for the virtual servers that share records; null: they must be equal.</param>
public sealed partial class PersistenceTable(int maximum, Func<FlowMark, FlowMark, bool>? isSame = null)
{
    private readonly Dictionary<PersistenceKey, Entry> entries = [];
    private readonly List<Entry?> slots = [];
    private readonly Stack<int> free = new();
    private readonly PriorityQueue<Entry, long> wakes = new();
    private readonly Queue<Entry> due = new();
    private readonly Func<FlowMark, FlowMark, bool> isSame = isSame ?? ((left, right) => left == right);
    private long acknowledged;

    /// <summary>The owner's clock, from any fixed instant.</summary>
    public TimeSpan Now { get; set; }

    public int Count => entries.Count;

    /// <summary>Clients that were not remembered for want of room.</summary>
    public long Refused { get; private set; }

    /// <summary>
    /// A connection began. A client that was not known gets a record; one whose kernel chose another member now has that one.
    /// </summary>
    /// <param name="mayMove">False: it may be older than what is known, and only keeps alive the record of its own member.</param>
    public void Began(in PersistenceKey key, FlowMark mark, PersistenceProfile profile, bool mayMove = true)
    {
        ArgumentNullException.ThrowIfNull(profile);
        if (!entries.TryGetValue(key, out var entry))
        {
            if (entries.Count >= maximum)
            {
                Refused++;
                return;
            }

            entry = Add(new Entry(key, profile.IsMirrored) { Mark = mark, Timeout = profile.Timeout, Since = Now });
            Tell(entry);
        }
        else if (!isSame(entry.Mark, mark))
        {
            if (!mayMove) return;
            (entry.Mark, entry.Since, entry.Connections, entry.Sequence) = (mark, Now, 0, 0);
            Tell(entry);
        }

        entry.Connections++;
        Extend(entry);
    }

    /// <summary>A connection that began ended; of another member than the client has now it changes nothing.</summary>
    public void Ended(in PersistenceKey key, FlowMark mark)
    {
        if (!entries.TryGetValue(key, out var entry) || !isSame(entry.Mark, mark) || entry.Connections == 0) return;
        entry.Connections--;
        Extend(entry);
    }

    /// <summary>A record this device's kernel, or the copy of the former active, has: it lives on for what is left of it.</summary>
    /// <param name="isInKernel">Its mark was told before.</param>
    public void Seed(PersistenceRecord record, bool isMirrored, bool isInKernel)
    {
        ArgumentNullException.ThrowIfNull(record);
        if (record.Remaining <= TimeSpan.Zero || entries.Count >= maximum || entries.ContainsKey(record.Key)) return;
        var entry = Add(new Entry(record.Key, isMirrored) { Mark = record.Mark, Timeout = record.Timeout, Since = Now, Until = Now + record.Remaining });
        if (!isInKernel)
        {
            Tell(entry);
            return;
        }

        (entry.ToldMark, entry.ToldUntil) = (record.Mark, entry.Until);
        Wake(entry);
    }

    /// <summary>Forgets those that the operator names, or whose member is down; returns how many.</summary>
    public int Remove(Func<PersistenceRecord, bool> isToGo)
    {
        ArgumentNullException.ThrowIfNull(isToGo);
        var gone = entries.Values.Where(e => isToGo(RecordOf(e))).ToList();
        foreach (var entry in gone) End(entry);
        return gone.Count;
    }

    public bool TryGet(in PersistenceKey key, out PersistenceView view)
    {
        view = entries.TryGetValue(key, out var entry) ? View(entry) : default;
        return entry is not null;
    }

    /// <summary>Reads records from a cursor that starts at 0 and may rest between calls while the table changes; returns how many were written, 0 at the end.</summary>
    public int Read(ref int cursor, Span<PersistenceView> destination)
    {
        var written = 0;
        for (; cursor < slots.Count && written < destination.Length; cursor++)
        {
            if (slots[cursor] is { } entry) destination[written++] = View(entry);
        }

        return written;
    }

    private Entry Add(Entry entry)
    {
        entries.Add(entry.Key, entry);
        if (free.TryPop(out var slot))
        {
            slots[slot] = entry;
        }
        else
        {
            slot = slots.Count;
            slots.Add(entry);
        }

        entry.Slot = slot;
        return entry;
    }

    private void End(Entry entry)
    {
        entries.Remove(entry.Key);
        slots[entry.Slot] = null;
        free.Push(entry.Slot);
        entry.Slot = -1;
        if (entry.ToldMark != default) Tell(entry);
    }

    private PersistenceRecord RecordOf(Entry entry)
    {
        var left = LivesUntil(entry) - Now;
        return new(entry.Key, entry.Mark, entry.Timeout, left > TimeSpan.Zero ? left : TimeSpan.Zero);
    }

    /// <summary>While there are connections, a whole timeout from any moment on.</summary>
    private TimeSpan LivesUntil(Entry entry) => entry.Connections > 0 ? Now + entry.Timeout : entry.Until;

    private PersistenceView View(Entry entry) =>
        new(RecordOf(entry), Now - entry.Since, entry.Connections, entry.Sequence > 0 && entry.Sequence <= acknowledged);

    private sealed class Entry(PersistenceKey key, bool isMirrored)
    {
        public PersistenceKey Key => key;

        public bool IsMirrored => isMirrored;

        public FlowMark Mark;
        public TimeSpan Timeout;
        public TimeSpan Since;
        public TimeSpan Until;
        public int Connections;
        public int Slot;
        public bool IsDue;
        public long WakeAt;
        public FlowMark ToldMark;
        public TimeSpan ToldUntil;
        public long Sequence; // of the change by which the mirror first heard of this member; 0: it has not

        public bool IsGone => Slot < 0;
    }
}
