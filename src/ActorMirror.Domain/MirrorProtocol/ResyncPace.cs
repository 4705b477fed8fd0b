namespace ActorMirror.Domain.MirrorProtocol;

/// <summary>
/// Pauses of a resync, so that it takes no more than a share of either end's time: one chunk at a time is on its way, so that a live change waits for no more
/// than that and the two ends work in turn, and after its acknowledgement comes a pause in proportion to what it took. That time has the making and the sending here and the applying there in it, and the way: each end
/// worked at most so long, and neither has to tell the other.
/// </summary>
/// <param name="share">Above 0, to 1: no pauses.</param>
/// <param name="longest">A chunk that seems to take longer waited, it did not work: no more is counted.</param>
public sealed class ResyncPace(double share, TimeSpan longest)
{
    private TimeSpan began;
    private long awaited = long.MaxValue; // the last change of the chunk on its way
    private bool isUnderWay;
    private TimeSpan readyAt;

    /// <summary>When the next chunk may be asked for; never while one is on its way.</summary>
    public TimeSpan ReadyAt => isUnderWay ? TimeSpan.MaxValue : readyAt;

    public void Asked(TimeSpan now) => (began, awaited, isUnderWay) = (now, long.MaxValue, true);

    /// <param name="through">The chunk's last change.</param>
    public void Appended(long through) => awaited = through;

    public void Acknowledged(long sequence, TimeSpan now)
    {
        if (!isUnderWay || sequence < awaited) return;
        var took = now - began;
        if (took > longest) took = longest;
        readyAt = now + took * (1 / share - 1);
        isUnderWay = false;
    }

    /// <summary>The chunk on its way is of no more interest.</summary>
    public void Restart() => (isUnderWay, readyAt) = (false, TimeSpan.Zero);
}
