namespace ActorMirror.Domain.MirrorProtocol;

/// <summary>Pauses that double from a first to a longest one, so that nothing is retried in a spin.</summary>
public sealed class BackOff(MirrorLimits limits)
{
    private TimeSpan next = TimeSpan.Zero;

    public TimeSpan Next()
    {
        next = next == TimeSpan.Zero ? limits.FirstPause : next + next;
        if (next > limits.LongestPause) next = limits.LongestPause;
        return next;
    }

    public void Reset() => next = TimeSpan.Zero;
}
