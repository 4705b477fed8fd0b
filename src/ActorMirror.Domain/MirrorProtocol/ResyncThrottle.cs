namespace ActorMirror.Domain.MirrorProtocol;

/// <summary>
/// Bytes a snapshot may take now: a bucket that fills at a rate and holds what comes in 100 ms. A resync must never take the path
/// or the mirror from live changes.
/// </summary>
/// <param name="rate">Bytes per second; 0: no limit.</param>
public sealed class ResyncThrottle(long rate)
{
    private static readonly TimeSpan Burst = TimeSpan.FromMilliseconds(100);

    private TimeSpan filledAt;
    private double bytes = rate * Burst.TotalSeconds;

    /// <summary>When the next chunk may be made: not after now when there is credit. A chunk may overdraw; its time is then waited for.</summary>
    public TimeSpan ReadyAt(TimeSpan now)
    {
        if (rate == 0) return now;
        bytes = Math.Min(bytes + (now - filledAt).TotalSeconds * rate, rate * Burst.TotalSeconds);
        filledAt = now;
        return bytes > 0 ? now : now + TimeSpan.FromSeconds((1 - bytes) / rate);
    }

    public void Take(int count) => bytes -= rate == 0 ? 0 : count;
}
