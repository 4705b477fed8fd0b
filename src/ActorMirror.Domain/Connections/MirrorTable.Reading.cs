namespace ActorMirror.Domain.Connections;

/// <content>What others read of a copy.</content>
public sealed partial class MirrorTable
{
    /// <summary>
    /// Reads what is in the kernel from a cursor that starts at 0 and may rest between calls while the table changes; returns how many were written, 0 at
    /// the end.
    /// </summary>
    public int Read(ref int cursor, Span<ConnectionRecord> destination)
    {
        var written = 0;
        for (; cursor < entries.SlotCount && written < destination.Length; cursor++)
        {
            if (entries[cursor].InKernel) destination[written++] = entries.Record(cursor);
        }

        return written;
    }

    /// <summary>What is in the kernel now, verified or not.</summary>
    public IEnumerable<(ConnectionRecord Record, HelperState? Helped)> InKernel()
    {
        for (var slot = 0; slot < entries.SlotCount; slot++)
        {
            if (entries[slot].InKernel) yield return (entries.Record(slot), entries.Helped(slot));
        }
    }

    public bool TryGet(in FlowKey key, out ConnectionRecord record, out bool inKernel, out bool isVerified)
    {
        var slot = entries.Find(key);
        if (slot == Nowhere)
        {
            (record, inKernel, isVerified) = (default, false, false);
            return false;
        }

        (record, inKernel, isVerified) = (entries.Record(slot), entries[slot].InKernel, entries[slot].Snapshot == snapshot);
        return true;
    }

    /// <summary>What a connection's helper did, as the active says; null: it has none, and none expected it, or it is not in the table.</summary>
    public HelperState? Helped(in FlowKey key) => entries.Find(key) is var slot and not Nowhere ? entries.Helped(slot) : null;
}
