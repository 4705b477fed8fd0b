using ActorMirror.Domain.MirrorProtocol;

namespace ActorMirror.Domain.Connections;

/// <content>
/// The table as the source of a stream: everything (a snapshot) or the connections of some buckets (a repair) in chunks between live changes, one
/// order for all.
/// </content>
public sealed partial class ConnectionTable
{
    // So many slots are looked at for one chunk: of a large table a repair names few connections.
    private const int SlotsPerChunk = 16_384;

    private bool streaming;
    private bool snapshotting;
    private BucketSet? repairing;
    private int room = int.MaxValue;
    private long began;
    private int doubtCursor;
    private int cursor;
    private int reofferCursor;

    /// <summary>Connections the mirror has or is to have.</summary>
    private int Mirrored => entries.Count - counts[(int)Protection.Unmirrored] - counts[(int)Protection.Deferred];

    /// <summary>
    /// Opens the stream anew; the element returned comes first. From now on live changes are to be appended, between the chunks.
    /// </summary>
    /// <param name="sameCopy">The mirror still has what it acknowledged: only what it did not is in doubt.</param>
    /// <param name="mirrorRoom">How many connections the mirror can hold; more are left out and shown as such.</param>
    public MirrorChange BeginSnapshot(bool sameCopy, int mirrorRoom)
    {
        if (sameCopy) ForgetPending();
        else ForgetCopy();
        streaming = snapshotting = true;
        repairing = null;
        room = mirrorRoom;
        cursor = 0;
        return MirrorChange.SnapshotBegin(began = ++LastSequence, Math.Min(entries.Count, room));
    }

    /// <summary>
    /// Begins to name the connections of these buckets again, so that the mirror finds what it misses and what is gone; what was acknowledged stays so.
    /// False: no stream is open, or its snapshot is not at its end: that names everything.
    /// </summary>
    public bool TryBeginRepair(BucketSet buckets)
    {
        if (!streaming || snapshotting) return false;
        (repairing, began, doubtCursor, cursor) = (buckets, 0, 0, 0);
        return true;
    }

    /// <summary>What a mirror's table must be equal to once it applied everything up to the last change.</summary>
    public TableDigest Digest() => new(LastSequence, digest.Sums.ToArray());

    /// <summary>
    /// The next elements of the snapshot or repair; returns how many were written, which may be none. The last one of all is its end:
    /// <paramref name="done"/> then, and nothing more is written.
    /// </summary>
    public int NextChunk(Span<MirrorChange> destination, out bool done)
    {
        var written = Doubt(destination);
        var last = Math.Min(entries.SlotCount, cursor + SlotsPerChunk);
        for (; IsTransferring && cursor < last && written < destination.Length; cursor++)
        {
            // What changed since the beginning is on the stream already.
            if (!entries.IsUsed(cursor) || entries[cursor].Sequence > began || !IsToName(cursor)) continue;
            destination[written++] = Name(cursor);
        }

        done = !IsTransferring || (cursor == entries.SlotCount && written < destination.Length);
        if (!done || !IsTransferring) return written;
        destination[written++] = snapshotting ? MirrorChange.SnapshotEnd(++LastSequence, Mirrored) : MirrorChange.Settle(++LastSequence);
        snapshotting = false;
        repairing = null;
        return written;
    }

    /// <summary>
    /// Offers retracted connections again, as new changes; a later acknowledgement protects them. Goes through the table once per
    /// round of calls: 0 at the end of a round, and while a snapshot is being made, since only its end makes room on the mirror.
    /// </summary>
    /// <param name="refused">Also those that the mirror could not take, and those it had no room for; otherwise only those that vanished there.</param>
    public int Reoffer(Span<MirrorChange> destination, bool refused)
    {
        var written = 0;
        for (; IsOffering(refused) && reofferCursor < entries.SlotCount && written < destination.Length; reofferCursor++)
        {
            if (IsToOffer(reofferCursor, refused)) destination[written++] = Stamp(reofferCursor);
        }

        if (written == 0) reofferCursor = 0;
        return written;
    }

    /// <summary>The mirror says anew how many connections it can hold. What it has stays; what is left out comes in with the next round of offers.</summary>
    public void RoomChanged(int mirrorRoom) => room = mirrorRoom;

    /// <summary>The stream does not take changes any more; they wait for the next snapshot. What it took may still be acknowledged.</summary>
    public void CloseStream()
    {
        streaming = snapshotting = false;
        repairing = null;
    }

    /// <summary>The mirror and its copy are gone: nothing is protected. Goes through the whole table.</summary>
    public void ForgetCopy()
    {
        ForgetPending();
        CloseStream();
        for (var slot = 0; slot < entries.SlotCount; slot++)
        {
            if (entries.IsUsed(slot) && entries[slot].Protection != Protection.Deferred) Move(slot, Protection.Unsent);
        }
    }

    private bool IsOffering(bool refused) =>
        streaming && !snapshotting
        && (Retracted.Of(RetractionReason.Vanished) > 0
            || (refused && (counts[(int)Protection.Retracted] > 0 || (counts[(int)Protection.Unmirrored] > 0 && Mirrored < room))));

    private bool IsToOffer(int slot, bool refused) => entries.IsUsed(slot) && entries[slot] switch
    {
        { Protection: Protection.Retracted, Reason: var reason } => refused || reason == RetractionReason.Vanished,
        { Protection: Protection.Unmirrored } => refused && TakeRoom(slot),
        _ => false,
    };

    private bool IsTransferring => snapshotting || repairing is not null;

    /// <summary>The buckets of a repair come first: whatever changes in them from then on is as good as named.</summary>
    private int Doubt(Span<MirrorChange> destination)
    {
        var written = 0;
        while (written < destination.Length && repairing is { } buckets && buckets.TryNext(doubtCursor, out var range))
        {
            destination[written++] = MirrorChange.Doubt(++LastSequence, range);
            doubtCursor = range.End;
            if (began == 0) began = LastSequence;
        }

        return written;
    }

    /// <summary>A snapshot has what the mirror has room for; a repair what the mirror has or is to have: the rest is offered at its own pace.</summary>
    private bool IsToName(int slot) => repairing is { } buckets
        ? IsTold(entries[slot].Protection) && buckets.Contains(digest.BucketOf(entries.Key(slot)))
        : entries[slot].Protection != Protection.Deferred && TakeRoom(slot);

    /// <summary>What was acknowledged is so under its old number; the mirror of a repair says if it had it.</summary>
    private MirrorChange Name(int slot) => (entries[slot].Protection, snapshotting) switch
    {
        (Protection.Protected, true) => MirrorChange.Upsert(++LastSequence, entries.Record(slot), entries.Helped(slot)),
        (Protection.Protected, false) => MirrorChange.Reassert(++LastSequence, entries.Record(slot), entries.Helped(slot)),
        _ => Stamp(slot),
    };

    private void ForgetPending()
    {
        while (chains[PendingChain].Oldest is var oldest and not Nowhere) Move(oldest, Protection.Unsent);
    }

    /// <summary>Whether the mirror has room for the entry; what has none is left out, what was left out may come in.</summary>
    private bool TakeRoom(int slot)
    {
        var protection = entries[slot].Protection;
        var fits = protection is Protection.Unmirrored or Protection.Deferred ? Mirrored < room : Mirrored <= room;
        if (!fits && protection != Protection.Unmirrored) Move(slot, Protection.Unmirrored);
        return fits;
    }
}
