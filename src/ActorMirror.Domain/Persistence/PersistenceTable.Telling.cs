using ActorMirror.Domain.Connections;

namespace ActorMirror.Domain.Persistence;

/// <content>What kernel and mirror are told, and when.</content>
public sealed partial class PersistenceTable
{
    /// <summary>A record is told again after this part of its lifetime.</summary>
    private const int ToldPerLifetime = 3;

    /// <summary>
    /// Takes the next changes, for kernel and mirror alike, and counts them as told; returns how many. Also moves what is expired out of the table.
    /// </summary>
    public int Take(Span<PersistenceChange> destination)
    {
        WakeUp(destination.Length);
        var written = 0;
        while (written < destination.Length && due.TryDequeue(out var entry))
        {
            entry.IsDue = false;
            var former = entry.ToldMark;
            if (entry.IsGone)
            {
                if (former == default) continue;
                entry.ToldMark = default;
                destination[written++] = new(RecordOf(entry) with { Mark = former, Remaining = TimeSpan.Zero }, true, former, entry.IsMirrored);
                continue;
            }

            var record = RecordOf(entry);
            destination[written++] = new(record, false, former, entry.IsMirrored);
            (entry.ToldMark, entry.ToldUntil) = (entry.Mark, Now + record.Remaining);
            Wake(entry);
        }

        return written;
    }

    /// <summary>Everything is to be told again: the kernel's maps are not as they were.</summary>
    public void TellAll()
    {
        foreach (var entry in entries.Values) Tell(entry);
    }

    /// <summary>
    /// Reads what a snapshot for the mirror has, from a cursor that starts at 0; returns how many were written, 0 at the end.
    /// </summary>
    public int Name(ref int cursor, Span<PersistenceRecord> destination)
    {
        var written = 0;
        for (; cursor < slots.Count && written < destination.Length; cursor++)
        {
            if (slots[cursor] is { IsMirrored: true } entry) destination[written++] = RecordOf(entry);
        }

        return written;
    }

    /// <summary>The mirror hears of the record by this change.</summary>
    public void Sent(in PersistenceKey key, long sequence)
    {
        if (entries.TryGetValue(key, out var entry) && entry.Sequence == 0) entry.Sequence = sequence;
    }

    /// <summary>The mirror applied everything up to this change.</summary>
    public void Acknowledge(long sequence) => acknowledged = Math.Max(acknowledged, sequence);

    /// <summary>The mirror and its copy are gone.</summary>
    public void ForgetCopy()
    {
        foreach (var entry in entries.Values) entry.Sequence = 0;
    }

    private void Extend(Entry entry)
    {
        entry.Until = Now + entry.Timeout;
        if (entry.ToldMark != default && entry.Until - entry.ToldUntil >= entry.Timeout / ToldPerLifetime) Tell(entry);
    }

    private void Tell(Entry entry)
    {
        if (entry.IsDue) return;
        entry.IsDue = true;
        due.Enqueue(entry);
    }

    /// <summary>
    /// When a record that goes on is a third of its lifetime ahead of what was told; past that, whatever extends it is told at once, and there is but its end to wait for.
    /// </summary>
    private void Wake(Entry entry)
    {
        var third = entry.Timeout / ToldPerLifetime;
        var ahead = entry.ToldUntil - entry.Timeout + third;
        var later = Now + third < entry.ToldUntil ? Now + third : entry.ToldUntil;
        entry.WakeAt = (ahead > Now ? ahead : later).Ticks;
        wakes.Enqueue(entry, entry.WakeAt);
    }

    private void WakeUp(int most)
    {
        while (due.Count < most && wakes.TryPeek(out var entry, out var at) && at <= Now.Ticks)
        {
            wakes.Dequeue();
            if (entry.IsGone || entry.IsDue || entry.WakeAt != at) continue; // an earlier appointment
            if (LivesUntil(entry) <= Now) End(entry);
            else if (LivesUntil(entry) > entry.ToldUntil) Tell(entry);
            else Wake(entry);
        }
    }
}
