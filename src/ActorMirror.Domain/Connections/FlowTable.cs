namespace ActorMirror.Domain.Connections;

/// <summary>
/// Connections by their original flow, with what their owner notes about each, in slots that never move: a walk over the slots survives any
/// insertion and removal between its steps (new entries may be missed or seen). Grows by pages, and its index by one bucket at a time (linear
/// hashing, Litwin 1980), so a large table is never copied; nothing is allocated once it has its size. An IPv4 connection takes 36 bytes, its
/// bucket 4, and the note; what helpers did to the few that have one stands beside.
/// </summary>
internal sealed class FlowTable<TNote>
    where TNote : struct
{
    private const int PageBits = 10;
    private const int PageMask = (1 << PageBits) - 1;
    private const int Nowhere = -1;

    private readonly List<Page> pages = [];
    private readonly List<int[]> heads = [new int[1 << PageBits]];
    private readonly WideAddresses wide = new();
    private readonly Dictionary<int, HelperState> helped = [];
    private int level; // the index has 2^level buckets and as many more as were split
    private int split;
    private int free; // as in heads and cells: the slot and 1, so that 0 is the end

    public int Count { get; private set; }

    /// <summary>Slots in use lie below this one.</summary>
    public int SlotCount { get; private set; }

    /// <summary>The note of a slot.</summary>
    public ref TNote this[int slot] => ref pages[slot >> PageBits].Notes[slot & PageMask];

    public bool IsUsed(int slot) => At(slot).Record.IsUsed;

    public ConnectionRecord Record(int slot) => At(slot).Record.Unpack(wide);

    public FlowKey Key(int slot) => At(slot).Record.Key(wide);

    /// <summary>Null: the connection has no helper, and none expected it.</summary>
    public HelperState? Helped(int slot) => helped.Count == 0 ? null : helped.GetValueOrDefault(slot);

    public void Help(int slot, HelperState? state)
    {
        if (state is not null) helped[slot] = state;
        else if (helped.Count > 0) helped.Remove(slot);
    }

    /// <summary>The slot of a flow; -1: not in the table.</summary>
    public int Find(in FlowKey key)
    {
        var next = Head(Bucket(key));
        while (next != 0)
        {
            ref var cell = ref At(next - 1);
            if (cell.Record.Is(key, wide)) return next - 1;
            next = cell.Next;
        }

        return Nowhere;
    }

    /// <summary>Takes a slot for a connection whose flow is not in the table; its note is the default value.</summary>
    public int Add(in ConnectionRecord record)
    {
        var slot = free - 1;
        if (slot >= 0)
        {
            free = At(slot).Next;
        }
        else
        {
            slot = SlotCount++;
            if (slot >> PageBits == pages.Count) pages.Add(new Page(new Cell[1 << PageBits], new TNote[1 << PageBits]));
        }

        At(slot).Record = PackedRecord.Pack(record, wide);
        Link(slot, Bucket(record.Original));
        if (++Count > (1 << level) + split) Split();
        return slot;
    }

    /// <summary>Another value of the same flow.</summary>
    public void Change(int slot, in ConnectionRecord record)
    {
        ref var cell = ref At(slot);
        cell.Record.Free(wide);
        cell.Record = PackedRecord.Pack(record, wide);
    }

    public void Remove(int slot)
    {
        ref var place = ref Head(Bucket(Key(slot)));
        while (place != slot + 1) place = ref At(place - 1).Next;
        ref var cell = ref At(slot);
        place = cell.Next;
        cell.Record.Free(wide);
        cell = new Cell { Next = free };
        free = slot + 1;
        this[slot] = default;
        Help(slot, null);
        Count--;
    }

    private ref Cell At(int slot) => ref pages[slot >> PageBits].Cells[slot & PageMask];

    private ref int Head(int bucket) => ref heads[bucket >> PageBits][bucket & PageMask];

    private int Bucket(in FlowKey key)
    {
        var hash = FlowKeyComparer.Instance.GetHashCode(key);
        var bucket = hash & ((1 << level) - 1);
        return bucket < split ? hash & ((2 << level) - 1) : bucket;
    }

    private void Link(int slot, int bucket)
    {
        ref var head = ref Head(bucket);
        At(slot).Next = head;
        head = slot + 1;
    }

    /// <summary>Deals one bucket out to itself and a new one.</summary>
    private void Split()
    {
        var added = (1 << level) + split;
        if (added >> PageBits == heads.Count) heads.Add(new int[1 << PageBits]);
        var next = Head(split);
        Head(split) = 0;
        split++;
        while (next != 0)
        {
            var slot = next - 1;
            next = At(slot).Next;
            Link(slot, Bucket(Key(slot)));
        }

        if (split < 1 << level) return;
        level++;
        split = 0;
    }

    private readonly record struct Page(Cell[] Cells, TNote[] Notes);

    private struct Cell
    {
        public PackedRecord Record;
        public int Next;
    }
}
