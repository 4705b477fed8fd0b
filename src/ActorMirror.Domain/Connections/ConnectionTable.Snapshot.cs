using ActorMirror.Domain.MirrorProtocol;

namespace ActorMirror.Domain.Connections;

/// <content>The table as the source of a stream: a snapshot in chunks between live changes, one order for all.</content>
public sealed partial class ConnectionTable
{
    private bool streaming;
    private bool snapshotting;
    private int room = int.MaxValue;
    private long snapshotBegan;
    private int snapshotCursor;
    private int reofferCursor;

    /// <summary>Connections the mirror has or is to have.</summary>
    private int Mirrored => entries.Count - counts[(int)Protection.Unmirrored];

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
        room = mirrorRoom;
        snapshotCursor = 0;
        return MirrorChange.SnapshotBegin(snapshotBegan = ++LastSequence, Math.Min(entries.Count, room));
    }

    /// <summary>
    /// The next elements of the snapshot; returns how many were written. The last one of all is
    /// the snapshot's end: <paramref name="done"/> then, and nothing more is written.
    /// </summary>
    public int NextSnapshotChunk(Span<MirrorChange> destination, out bool done)
    {
        var written = 0;
        for (; snapshotting && snapshotCursor < entries.SlotCount && written < destination.Length; snapshotCursor++)
        {
            ref var entry = ref entries[snapshotCursor];
            // What changed since the snapshot began is on the stream already.
            if (!entry.Used || entry.Sequence > snapshotBegan) continue;
            if (!TakeRoom(snapshotCursor)) continue;
            destination[written++] = entry.Protection == Protection.Protected
                ? MirrorChange.Upsert(++LastSequence, entry.Record) // still acknowledged under its old number
                : Stamp(snapshotCursor);
        }

        done = !snapshotting || (snapshotCursor == entries.SlotCount && written < destination.Length);
        if (!done || !snapshotting) return written;
        snapshotting = false;
        destination[written++] = MirrorChange.SnapshotEnd(++LastSequence, Mirrored);
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
    public void CloseStream() => streaming = snapshotting = false;

    /// <summary>The mirror and its copy are gone: nothing is protected. Goes through the whole table.</summary>
    public void ForgetCopy()
    {
        ForgetPending();
        CloseStream();
        for (var slot = 0; slot < entries.SlotCount; slot++)
        {
            if (entries[slot].Used) Move(slot, Protection.Unsent);
        }
    }

    private bool IsOffering(bool refused) =>
        streaming && !snapshotting
        && (Retracted.Of(RetractionReason.Vanished) > 0
            || (refused && (counts[(int)Protection.Retracted] > 0 || (counts[(int)Protection.Unmirrored] > 0 && Mirrored < room))));

    private bool IsToOffer(int slot, bool refused) => entries[slot] switch
    {
        { Used: true, Protection: Protection.Retracted, Reason: var reason } => refused || reason == RetractionReason.Vanished,
        { Used: true, Protection: Protection.Unmirrored } => refused && TakeRoom(slot),
        _ => false,
    };

    private void ForgetPending()
    {
        while (oldest != Nowhere) Move(oldest, Protection.Unsent);
    }

    /// <summary>Whether the mirror has room for the entry; what has none is left out, what was left out may come in.</summary>
    private bool TakeRoom(int slot)
    {
        var left = entries[slot].Protection == Protection.Unmirrored;
        var fits = left ? Mirrored < room : Mirrored <= room;
        if (!fits && !left) Move(slot, Protection.Unmirrored);
        return fits;
    }
}
