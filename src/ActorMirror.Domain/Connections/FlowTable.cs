namespace ActorMirror.Domain.Connections;

/// <summary>
/// Entries by flow, in slots that never move: a walk over the slots survives any insertion and removal between its steps (new
/// entries may be missed or seen). Grows by pages, so a large table is never copied; nothing is allocated once it has its size.
/// </summary>
internal sealed class FlowTable<TEntry>
    where TEntry : struct
{
    private const int PageBits = 10;

    private readonly Dictionary<FlowKey, int> slots = new(FlowKeyComparer.Instance);
    private readonly List<TEntry[]> pages = [];
    private readonly Stack<int> free = new();

    public int Count => slots.Count;

    /// <summary>Slots in use lie below this one.</summary>
    public int SlotCount { get; private set; }

    public ref TEntry this[int slot] => ref pages[slot >> PageBits][slot & ((1 << PageBits) - 1)];

    /// <summary>The slot of a flow; -1: not in the table.</summary>
    public int Find(in FlowKey key) => slots.TryGetValue(key, out var slot) ? slot : -1;

    /// <summary>Takes a slot for a flow that is not in the table; the entry is the default value.</summary>
    public int Add(in FlowKey key)
    {
        if (!free.TryPop(out var slot))
        {
            slot = SlotCount++;
            if (slot >> PageBits == pages.Count) pages.Add(new TEntry[1 << PageBits]);
        }

        slots.Add(key, slot);
        return slot;
    }

    public void Remove(in FlowKey key)
    {
        slots.Remove(key, out var slot);
        this[slot] = default;
        free.Push(slot);
    }
}
