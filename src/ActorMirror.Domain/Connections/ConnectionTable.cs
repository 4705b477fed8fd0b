using ActorMirror.Domain.MirrorProtocol;

namespace ActorMirror.Domain.Connections;

/// <summary>
/// The connections of one traffic group on its active device, the source of the mirror stream, and the account of what the mirror
/// acknowledged. One owner, one thread. A connection's protection moves like this:
/// <code>
/// Unsent --sent--> Pending --acknowledged--> Protected --taken back--> Retracted --sent--> Pending
/// </code>
/// What is pending is chained in the order of its changes, so an acknowledgement costs what it acknowledges and no more.
/// </summary>
/// <param name="maximum">Room; connections beyond it are not taken in, but counted.</param>
public sealed partial class ConnectionTable(int maximum)
{
    private const int Nowhere = -1;

    private readonly FlowTable<Entry> entries = new();
    private readonly int[] counts = new int[(int)Protection.Unmirrored + 1];
    private int oldest = Nowhere;
    private int newest = Nowhere;
    private long refused;

    /// <summary>The open ones; protected are those the mirror acknowledged.</summary>
    public OpenTally Open { get; } = new();

    /// <summary>Those the mirror does not have though it was told of them, by reason.</summary>
    public RetractionTally Retracted { get; } = new();

    /// <summary>The number of the last change.</summary>
    public long LastSequence { get; private set; }

    public ConnectionCounts Counts => new(
        entries.Count,
        counts[(int)Protection.Unsent],
        counts[(int)Protection.Pending],
        counts[(int)Protection.Protected],
        counts[(int)Protection.Retracted],
        counts[(int)Protection.Unmirrored],
        refused);

    /// <summary>Takes what is in the kernel of a device that becomes active.</summary>
    public static ConnectionTable FromMirror(MirrorTable mirror, int maximum)
    {
        var table = new ConnectionTable(maximum);
        foreach (var record in mirror.InKernel()) table.TryUpsert(record, out _);
        return table;
    }

    /// <summary>
    /// The connection is as the record says. True: <paramref name="change"/> is to be appended to the stream. False: nothing to send, because nothing
    /// changed, no stream is open, or there is no room here or on the mirror.
    /// </summary>
    public bool TryUpsert(in ConnectionRecord record, out MirrorChange change)
    {
        change = default;
        var slot = entries.Find(record.Original);
        if (slot == Nowhere)
        {
            if (entries.Count >= maximum)
            {
                refused++;
                return false;
            }

            slot = entries.Add(record.Original);
            entries[slot] = new Entry { Record = record, Used = true, Previous = Nowhere, Next = Nowhere };
            counts[(int)Protection.Unsent]++;
            Open.Enter(record, isProtected: false);
        }
        else if (entries[slot].Record == record && entries[slot].Protection is Protection.Pending or Protection.Protected)
        {
            return false;
        }

        ref var entry = ref entries[slot];
        if (entry.Record != record)
        {
            Open.Leave(entry.Record, entry.Protection == Protection.Protected);
            Open.Enter(record, entry.Protection == Protection.Protected);
            entry.Record = record;
        }

        if (streaming && entry.Protection is Protection.Unsent or Protection.Unmirrored && !TakeRoom(slot)) return false;
        change = Stamp(slot);
        return streaming;
    }

    /// <summary>The connection is gone. True: <paramref name="change"/> is to be appended to the stream.</summary>
    public bool TryDelete(in FlowKey key, out MirrorChange change)
    {
        change = default;
        var slot = entries.Find(key);
        if (slot == Nowhere) return false;
        var mirrored = entries[slot].Protection != Protection.Unmirrored;
        Unlink(slot);
        Count(entries[slot], -1);
        Open.Leave(entries[slot].Record, entries[slot].Protection == Protection.Protected);
        entries.Remove(key);
        if (!mirrored) return false; // the mirror never heard of it, and a number that is not sent would be a gap
        change = MirrorChange.Delete(++LastSequence, key);
        return streaming;
    }

    public bool TryGet(in FlowKey key, out ConnectionView view)
    {
        var slot = entries.Find(key);
        view = slot == Nowhere ? default : View(slot);
        return slot != Nowhere;
    }

    /// <summary>
    /// Reads connections from a cursor that starts at 0 and may rest between calls while the table changes; returns how many were written, 0 at the end.
    /// </summary>
    public int Read(ref int cursor, Span<ConnectionView> destination)
    {
        var written = 0;
        for (; cursor < entries.SlotCount && written < destination.Length; cursor++)
        {
            if (entries[cursor].Used) destination[written++] = View(cursor);
        }

        return written;
    }

    /// <summary>The mirror has everything up to this change in its kernel.</summary>
    public void Acknowledge(long sequence)
    {
        while (oldest != Nowhere && entries[oldest].Sequence <= sequence) Move(oldest, Protection.Protected);
    }

    /// <summary>The mirror takes an acknowledgement back. False: it is about an older change, or the connection is gone.</summary>
    public bool Retract(in Retraction retraction)
    {
        var slot = entries.Find(retraction.Key);
        if (slot == Nowhere) return false;
        ref var entry = ref entries[slot];
        if (entry.Sequence > retraction.Sequence || entry.Protection is not (Protection.Pending or Protection.Protected)) return false;
        entry.Reason = retraction.Reason;
        Move(slot, Protection.Retracted);
        return true;
    }

    private ConnectionView View(int slot)
    {
        ref var entry = ref entries[slot];
        return new(entry.Record, entry.Protection, entry.Sequence, entry.Protection == Protection.Retracted ? entry.Reason : null);
    }

    /// <summary>Numbers the entry's current value as the next change; only an open stream carries it.</summary>
    private MirrorChange Stamp(int slot)
    {
        ref var entry = ref entries[slot];
        entry.Sequence = ++LastSequence;
        Move(slot, streaming ? Protection.Pending : Protection.Unsent);
        return MirrorChange.Upsert(entry.Sequence, entry.Record);
    }

    private void Move(int slot, Protection protection)
    {
        ref var entry = ref entries[slot];
        Unlink(slot);
        Count(entry, -1);
        if ((entry.Protection == Protection.Protected) != (protection == Protection.Protected))
        {
            Open.Leave(entry.Record, entry.Protection == Protection.Protected);
            Open.Enter(entry.Record, protection == Protection.Protected);
        }

        entry.Protection = protection;
        Count(entry, 1);
        if (protection == Protection.Pending) Link(slot);
    }

    private void Count(in Entry entry, int change)
    {
        counts[(int)entry.Protection] += change;
        if (entry.Protection == Protection.Retracted) Retracted.Add(entry.Reason, change);
    }

    private void Link(int slot)
    {
        entries[slot].Previous = newest;
        if (newest == Nowhere) oldest = slot;
        else entries[newest].Next = slot;
        newest = slot;
    }

    private void Unlink(int slot)
    {
        ref var entry = ref entries[slot];
        if (entry.Protection != Protection.Pending) return;
        if (entry.Previous == Nowhere) oldest = entry.Next;
        else entries[entry.Previous].Next = entry.Next;
        if (entry.Next == Nowhere) newest = entry.Previous;
        else entries[entry.Next].Previous = entry.Previous;
        entry.Previous = entry.Next = Nowhere;
    }

    private struct Entry
    {
        public ConnectionRecord Record;
        public long Sequence;
        public int Previous;
        public int Next;
        public Protection Protection;
        public RetractionReason Reason;
        public bool Used;
    }
}
