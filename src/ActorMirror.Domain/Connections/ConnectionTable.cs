using ActorMirror.Domain.MirrorProtocol;

namespace ActorMirror.Domain.Connections;

/// <summary>
/// The connections of one traffic group on its active device, the source of the mirror stream, and the account of what the mirror
/// acknowledged. One owner, one thread. A connection's protection moves like this:
/// <code>
/// Deferred --old or large enough--> Unsent --sent--> Pending --acknowledged--> Protected --taken back--> Retracted --sent--> Pending
/// </code>
/// What is pending is chained in the order of its changes, so an acknowledgement costs what it acknowledges and no more; what waits for its age is
/// chained in the order it came, a chain for each age, see <see cref="Ripen"/>.
/// </summary>
/// <param name="maximum">Room; connections beyond it are not taken in, but counted.</param>
/// <param name="digestKey">Of the digest: what the mirror knows too, and clients do not.</param>
public sealed partial class ConnectionTable(int maximum, ulong digestKey = 0)
{
    private const int Nowhere = -1;

    private readonly FlowTable<Note> entries = new();
    private readonly int[] counts = new int[(int)Protection.Deferred + 1];
    private readonly FlowDigest digest = new(digestKey);
    private long refused;

    /// <summary>The open ones; protected are those the mirror acknowledged.</summary>
    public OpenTally Open { get; } = new();

    /// <summary>The open ones that the mirror has not acknowledged, by reason.</summary>
    public ExposureTally Exposed { get; } = new();

    /// <summary>Those the mirror does not have though it was told of them, by reason.</summary>
    public RetractionTally Retracted { get; } = new();

    /// <summary>The owner's clock, from any fixed instant; it is moved on now and then.</summary>
    public TimeSpan Now { get; set; }

    /// <summary>The number of the last change.</summary>
    public long LastSequence { get; private set; }

    public ConnectionCounts Counts => new(
        entries.Count,
        counts[(int)Protection.Unsent],
        counts[(int)Protection.Pending],
        counts[(int)Protection.Protected],
        counts[(int)Protection.Retracted],
        counts[(int)Protection.Unmirrored],
        refused,
        counts[(int)Protection.Deferred]);

    /// <summary>Takes what is in the kernel of a device that becomes active.</summary>
    public static ConnectionTable FromMirror(MirrorTable mirror, int maximum, ulong digestKey = 0)
    {
        var table = new ConnectionTable(maximum, digestKey);
        foreach (var (record, helped) in mirror.InKernel()) table.TryUpsert(record, null, out _, helped);
        return table;
    }

    /// <summary>
    /// The connection is as the record says. True: <paramref name="change"/> is to be appended to the stream. False: nothing to send, because nothing
    /// changed, no stream is open, or there is no room here or on the mirror.
    /// </summary>
    public bool TryUpsert(in ConnectionRecord record, out MirrorChange change) => TryUpsert(record, null, out change);

    /// <param name="waits">
    /// A new connection is not mirrored before it is so old (<see cref="TimeSpan.MaxValue"/>: not by its age); null: it is at once, and so is one that waited.
    /// </param>
    /// <param name="helped">Null: as it was known before.</param>
    public bool TryUpsert(in ConnectionRecord record, TimeSpan? waits, out MirrorChange change, HelperState? helped = null)
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

            slot = entries.Add(record);
            entries.Help(slot, helped);
            entries[slot] = new Note { Previous = Nowhere, Next = Nowhere, Since = Tenths, Protection = waits is null ? Protection.Unsent : Protection.Deferred };
            Count(entries[slot], 1);
            Tally(record, ExposureOf(entries[slot]), 1);
            if (waits is { } age && age < TimeSpan.MaxValue) Link(slot, ChainOf(age));
        }
        else if (entries.Record(slot) is var known && entries.Helped(slot) is var state && (known != record || (helped ?? state) != state))
        {
            var exposure = ExposureOf(entries[slot]);
            Tally(known, exposure, -1);
            Tally(record, exposure, 1);
            if (IsTold(entries[slot].Protection))
            {
                digest.Remove(known, state);
                digest.Add(record, helped ?? state);
            }

            entries.Change(slot, record);
            if (helped is not null) entries.Help(slot, helped);
        }
        else if (IsTold(entries[slot].Protection))
        {
            return false;
        }

        if (entries[slot].Protection == Protection.Deferred && (waits is not null || !record.IsOpen)) return false;
        if (streaming && entries[slot].Protection is Protection.Unsent or Protection.Unmirrored or Protection.Deferred && !TakeRoom(slot)) return false;
        change = Stamp(slot);
        return streaming;
    }

    /// <summary>The connection is gone. True: <paramref name="change"/> is to be appended to the stream.</summary>
    public bool TryDelete(in FlowKey key, out MirrorChange change)
    {
        change = default;
        var slot = entries.Find(key);
        if (slot == Nowhere) return false;
        var mirrored = entries[slot].Protection is not (Protection.Unmirrored or Protection.Deferred);
        var (record, helped, protection) = (entries.Record(slot), entries.Helped(slot), entries[slot].Protection);
        Unlink(slot);
        Count(entries[slot], -1);
        Tally(record, ExposureOf(entries[slot]), -1);
        if (IsTold(protection)) digest.Remove(record, helped);
        entries.Remove(slot);
        if (!mirrored) return false; // the mirror never heard of it, and a number that is not sent would be a gap
        change = MirrorChange.Delete(++LastSequence, key);
        return streaming;
    }

    /// <summary>
    /// Numbers a change that is of no connection, for the one order of all. False: no stream is open; the next snapshot is to have what it says.
    /// </summary>
    public bool TryNumber(out long sequence)
    {
        sequence = ++LastSequence;
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
            if (entries.IsUsed(cursor)) destination[written++] = View(cursor);
        }

        return written;
    }

    /// <summary>The mirror has everything up to this change in its kernel.</summary>
    public void Acknowledge(long sequence)
    {
        while (chains[PendingChain].Oldest is var oldest and not Nowhere && entries[oldest].Sequence <= sequence) Move(oldest, Protection.Protected);
    }

    /// <summary>The mirror takes an acknowledgement back. False: it is about an older change, or the connection is gone.</summary>
    public bool Retract(in Retraction retraction)
    {
        var slot = entries.Find(retraction.Key);
        if (slot == Nowhere) return false;
        ref var entry = ref entries[slot];
        if (entry.Sequence > retraction.Sequence || !IsTold(entry.Protection)) return false;
        Move(slot, Protection.Retracted, retraction.Reason);
        return true;
    }

    private ConnectionView View(int slot)
    {
        ref var entry = ref entries[slot];
        return new(
            entries.Record(slot), entry.Protection, entry.Sequence, entry.Protection == Protection.Retracted ? entry.Reason : null,
            TimeSpan.FromMilliseconds(Math.Max(0, Tenths - entry.Since) * 100), entries.Helped(slot));
    }

    private TimeSpan Since(int slot) => TimeSpan.FromMilliseconds(entries[slot].Since * 100L);

    private int Tenths => (int)(Now.Ticks / (TimeSpan.TicksPerSecond / 10));

    /// <summary>Numbers the entry's current value as the next change; only an open stream carries it.</summary>
    private MirrorChange Stamp(int slot)
    {
        ref var entry = ref entries[slot];
        entry.Sequence = ++LastSequence;
        Move(slot, streaming ? Protection.Pending : Protection.Unsent);
        return MirrorChange.Upsert(entry.Sequence, entries.Record(slot), entries.Helped(slot));
    }

    private void Stamp(int slot, Span<MirrorChange> destination, ref int written)
    {
        var change = Stamp(slot);
        if (streaming) destination[written++] = change;
    }

    private void Move(int slot, Protection protection, RetractionReason reason = default)
    {
        ref var entry = ref entries[slot];
        var former = entry.Protection;
        var was = ExposureOf(entry);
        Unlink(slot);
        Count(entry, -1);
        entry.Protection = protection;
        entry.Since = Tenths;
        if (protection == Protection.Retracted) entry.Reason = reason;
        Count(entry, 1);
        if (protection == Protection.Pending) Link(slot, PendingChain);
        var exposure = ExposureOf(entry);
        var (wasTold, isTold) = (IsTold(former), IsTold(protection));
        if (was == exposure && wasTold == isTold) return;
        var record = entries.Record(slot);
        if (was != exposure)
        {
            Tally(record, was, -1);
            Tally(record, exposure, 1);
        }

        if (wasTold && !isTold) digest.Remove(record, entries.Helped(slot));
        if (isTold && !wasTold) digest.Add(record, entries.Helped(slot));
    }

    private static Exposure? ExposureOf(in Note entry) => Exposures.Of(entry.Protection, entry.Reason);

    private void Tally(in ConnectionRecord record, Exposure? exposure, int change)
    {
        Open.Add(record, exposure is null, change);
        if (exposure is { } why && record.IsOpen) Exposed.Add(why, change);
    }

    private void Count(in Note entry, int change)
    {
        counts[(int)entry.Protection] += change;
        if (entry.Protection == Protection.Retracted) Retracted.Add(entry.Reason, change);
    }

    /// <summary>The mirror has it, or will have it once it applied everything up to the last change.</summary>
    private static bool IsTold(Protection protection) => protection is Protection.Pending or Protection.Protected;

    private struct Note
    {
        public long Sequence;
        public int Previous;
        public int Next;
        public int Since; // of the protection, in tenths of a second: 6 years fit
        public ushort Chain;
        public Protection Protection;
        public RetractionReason Reason;
    }
}
