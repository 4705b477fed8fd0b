namespace ActorMirror.Domain.MirrorProtocol;

/// <summary>
/// When connections that the mirror refused are offered again: in rounds through the table, with pauses between them that double for as long as it refuses.
/// A mirror that is full is not asked in a spin, and one that has room again gets everything within the longest pause.
/// </summary>
public sealed class ReofferPace(MirrorLimits limits)
{
    private readonly BackOff pause = new(limits);
    private TimeSpan notBefore;
    private long last;
    private bool isRound;

    public bool IsDue(TimeSpan now) => now >= notBefore;

    /// <summary>So many were offered, the last of them by this change; 0: the round is over.</summary>
    public void Offered(int count, long lastSequence, TimeSpan now)
    {
        if (count > 0)
        {
            (last, isRound) = (lastSequence, true);
            return;
        }

        if (isRound) notBefore = now + pause.Next();
        isRound = false;
    }

    /// <summary>The mirror answered everything up to this change; so many stay retracted.</summary>
    public void Answered(long sequence, int retracted)
    {
        if (isRound || sequence < last || retracted > 0) return;
        pause.Reset();
        notBefore = TimeSpan.Zero;
    }
}
