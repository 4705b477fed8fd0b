namespace ActorMirror.Domain.MirrorProtocol;

/// <summary>Over which mirror self IPs of the two devices a channel runs: primary to primary, or secondary to secondary.</summary>
public enum MirrorPath
{
    Primary,
    Secondary,
}

/// <summary>
/// When a channel on the secondary path goes back to the primary one. A path that comes and goes must not take the channel with it:
/// <code>
///            works for the hold             breaks within 10 holds: the hold doubles
/// Secondary ------------------> Primary ---------------------------------------------> Secondary
///                                       breaks later: the hold is the first again
/// </code>
/// </summary>
public sealed class PathReturn(MirrorLimits limits)
{
    private TimeSpan? worksSince;
    private TimeSpan? returnedAt;

    /// <summary>How long the primary path must work before the channel returns.</summary>
    public TimeSpan Hold { get; private set; } = limits.ReturnAfter;

    /// <summary>The channel runs over the secondary path from now on.</summary>
    public void Left(TimeSpan now)
    {
        if (returnedAt is { } at)
        {
            var doubled = Hold + Hold;
            Hold = now - at > 10 * Hold ? limits.ReturnAfter : doubled < limits.LongestReturn ? doubled : limits.LongestReturn;
        }

        (worksSince, returnedAt) = (null, null);
    }

    /// <summary>The primary path was tried. True: it is time to return.</summary>
    public bool Probed(bool works, TimeSpan now)
    {
        worksSince = works ? worksSince ?? now : null;
        return now - worksSince >= Hold;
    }

    public void Returned(TimeSpan now) => returnedAt = now;
}
