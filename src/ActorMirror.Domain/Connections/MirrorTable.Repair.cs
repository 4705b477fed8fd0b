using ActorMirror.Domain.MirrorProtocol;

namespace ActorMirror.Domain.Connections;

/// <summary>What reconciliation found wrong in a copy and put right, since the table was made.</summary>
/// <param name="Ghosts">Entries that were in the mirror's kernel though the active had them no more: deleted.</param>
/// <param name="Missing">Acknowledged connections the mirror had not: injected.</param>
/// <param name="Wrong">Connections that were not as the active says: corrected.</param>
public readonly record struct Repairs(long Ghosts, long Missing, long Wrong)
{
    public static Repairs operator -(Repairs left, Repairs right) =>
        new(left.Ghosts - right.Ghosts, left.Missing - right.Missing, left.Wrong - right.Wrong);
}

/// <content>
/// Reconciliation: at the same place of the stream the active's digest and this one must be equal. The active names the connections of the buckets
/// that differ again; what it does not name is a ghost.
/// </content>
public sealed partial class MirrorTable
{
    private readonly FlowDigest digest = new();
    private readonly BucketSet doubted = new();
    private long doubtedSince = Nowhere;

    public Repairs Repairs { get; private set; }

    /// <summary>Between the first doubt of a repair and the end of its sweep.</summary>
    public bool IsRepairing => doubtedSince != Nowhere;

    /// <summary>The key of the active's digest; another one goes through the whole table, once for each stream.</summary>
    public void UseDigestKey(ulong key)
    {
        if (key == digest.Key) return;
        digest.Restart(key);
        for (var slot = 0; slot < entries.SlotCount; slot++)
        {
            if (entries[slot].InKernel) digest.Add(entries.Record(slot), entries.Helped(slot));
        }
    }

    /// <summary>The buckets in which this kernel differs from the active's table, at this place of the stream.</summary>
    public BucketSet Compare(TableDigest active) => digest.Differing(active.Sums);

    private void Doubt(in MirrorChange change)
    {
        if (!IsRepairing)
        {
            doubted.Clear();
            doubtedSince = change.Sequence;
        }

        doubted.Add(change.Buckets);
    }

    private bool IsGhost(int slot) => IsRepairing
        ? entries[slot].Sequence < doubtedSince && doubted.Contains(digest.BucketOf(entries.Key(slot)))
        : entries[slot].Snapshot != snapshot;

    /// <summary>What is not in the kernel for a known reason was retracted: no find of the digest's.</summary>
    private void CountRepair(int slot, in MirrorChange change)
    {
        if (slot == Nowhere) Repairs = Repairs with { Missing = Repairs.Missing + 1 };
        else if (entries[slot].InKernel && (entries.Record(slot) != change.Record || entries.Helped(slot) != change.Helped)) Repairs = Repairs with { Wrong = Repairs.Wrong + 1 };
    }
}
