using ActorMirror.Domain.Connections;

namespace ActorMirror.Domain.MirrorProtocol;

/// <summary>A repair the table's owner is asked for.</summary>
public readonly record struct RepairRequest(long Number, BucketSet Buckets);

/// <content>
/// Reconciliation, while the copy is in sync: a digest now and then, at its place between the changes; the mirror says which buckets differ; their
/// connections are named again, in chunks between live changes. What was acknowledged stays so all the while, and the channel in sync.
/// </content>
public sealed partial class OutgoingStream
{
    private bool reconciles;
    private TimeSpan digestDue;
    private bool digestRequested;
    private TableDigest? digest;
    private BucketSet? differing;
    private bool repairRequested;
    private bool repairing;
    private long repairEnd = long.MaxValue;

    /// <summary>What the mirror put right since its table was made, as it said last.</summary>
    public Repairs Repairs { get; private set; }

    /// <summary>Buckets that were named again since the stream began, and in how many repairs.</summary>
    public long RepairedBuckets { get; private set; }

    public long RepairCount { get; private set; }

    /// <summary>A repair is under way or about to begin.</summary>
    public bool IsRepairing => repairing || repairRequested || differing is not null;

    private long UpToDigest => digest is null ? long.MaxValue : digest.Sequence - backlog.Sent;

    /// <summary>The owner answers <see cref="SenderStep.RequestDigest"/>. False: it is not of this moment, or the copy is not in sync any more.</summary>
    public bool TryAppendDigest(TableDigest taken)
    {
        if (!digestRequested || Copy != CopyState.InSync || taken.Sequence != backlog.Queued) return false;
        digestRequested = false;
        digest = taken;
        return true;
    }

    /// <summary>The mirror's table differs in these buckets.</summary>
    public void Differs(BucketSet buckets)
    {
        if (Copy == CopyState.InSync && !IsRepairing) differing = buckets;
    }

    /// <summary>Everything is to be named again. Null, or why not now.</summary>
    public string? Resync()
    {
        var refusal = this switch
        {
            { Link: not LinkState.Established } => "the mirror is not connected",
            { Copy: not CopyState.InSync } => "a resync is under way already, or follows by itself",
            { reconciles: false } => "the mirror's release cannot be resynced on demand",
            { IsRepairing: true } => "a resync is under way already",
            _ => null,
        };
        if (refusal is null) differing = BucketSet.All();
        return refusal;
    }

    /// <summary>The owner begins the repair it was asked for. False: that was given up.</summary>
    public bool TryBeginRepair(long requestNumber)
    {
        if (!repairRequested || requestNumber != request.Number || Copy != CopyState.InSync || differing is null) return false;
        RepairCount++;
        RepairedBuckets += differing.Count;
        (repairRequested, differing, repairing, chunksDue) = (false, null, true, true);
        SnapshotAppended = SnapshotExpected = 0;
        return true;
    }

    public void TakeDigestRequest(TimeSpan now)
    {
        digestRequested = true;
        digestDue = now + limits.ReconcilePeriod;
    }

    public TableDigest TakeDigest()
    {
        var taken = digest ?? throw new InvalidOperationException("there is no digest to send");
        digest = null;
        return taken;
    }

    public RepairRequest TakeRepairRequest()
    {
        repairRequested = true;
        request = request with { Number = request.Number + 1 };
        return new RepairRequest(request.Number, differing!);
    }

    public void CountRepairs(Repairs total) => Repairs = total;

    private SenderStep? NextOfReconciliation(TimeSpan now, ref TimeSpan waitUntil)
    {
        if (digest?.Sequence == backlog.Sent) return SenderStep.SendDigest;
        if (!reconciles || Copy != CopyState.InSync || repairing || repairRequested || digestRequested || digest is not null) return null;
        var ready = Max(requestNotBefore, differing is null ? digestDue : TimeSpan.Zero);
        if (now >= ready) return differing is null ? SenderStep.RequestDigest : SenderStep.RequestRepair;
        waitUntil = Min(waitUntil, ready);
        return null;
    }

    /// <summary>A repair goes on over the new link; a digest that was on its way, and the answer to it, are lost.</summary>
    private void LinkOpened(MirrorHelloAnswer answer, TimeSpan now)
    {
        reconciles = MirrorFeatures.Reconciles(answer.Features);
        digest = null;
        digestRequested = false;
        digestDue = now + limits.ReconcilePeriod;
        pace.Restart();
    }

    private void EndRepair()
    {
        if (backlog.Released < repairEnd) return;
        repairing = false;
        repairEnd = long.MaxValue;
    }

    private void GiveUpReconciliation()
    {
        digestRequested = repairRequested = repairing = false;
        digest = null;
        differing = null;
        repairEnd = long.MaxValue;
    }
}
