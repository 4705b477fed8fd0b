namespace ActorMirror.Domain.MirrorProtocol;

/// <summary>Bounds and times of a mirror channel; both ends of a channel have their own.</summary>
public sealed record MirrorLimits
{
    public static readonly MirrorLimits Default = new();

    /// <summary>Changes kept until they are acknowledged; more means desync. One second of 50,000 changes/s and some, 14 MB.</summary>
    public int BacklogChanges { get; init; } = 65_536;

    /// <summary>Changes in one frame. Small enough that a frame of IPv6 records stays below the frame limit.</summary>
    public int BatchChanges { get; init; } = 512;

    /// <summary>Batches the mirror's owner may have in hand; then nothing more is read, and TCP tells the active.</summary>
    public int BatchesInHand { get; init; } = 16;

    /// <summary>Retractions kept until the active has them; more means that the copy is given up and made anew.</summary>
    public int Retractions { get; init; } = 16_384;

    /// <summary>Bytes per second a snapshot may take; 0: no limit.</summary>
    public long ResyncRate { get; init; }

    /// <summary>Share of its time a resync may keep each end at work, above 0 to 1 (no pauses).</summary>
    public double ResyncShare { get; init; } = 1;

    /// <summary>From one digest to the next.</summary>
    public TimeSpan ReconcilePeriod { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>A ping follows this long a silence.</summary>
    public TimeSpan KeepAlive { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>A peer that is silent this long is given up: four pings are missing.</summary>
    public TimeSpan Silence { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>First pause before connecting again, and between two snapshots that were overrun; it doubles.</summary>
    public TimeSpan FirstPause { get; init; } = TimeSpan.FromSeconds(1);

    public TimeSpan LongestPause { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The secondary path is tried beside the primary when that does not stand after so long: a handshake takes a few ms.</summary>
    public TimeSpan HeadStart { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>While a channel runs over the secondary path, the primary is tried this often.</summary>
    public TimeSpan ProbePrimary { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>The primary path must have worked this long before a channel returns to it; it doubles when the path breaks again soon.</summary>
    public TimeSpan ReturnAfter { get; init; } = TimeSpan.FromSeconds(10);

    public TimeSpan LongestReturn { get; init; } = TimeSpan.FromMinutes(5);
}
