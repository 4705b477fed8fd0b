namespace ActorMirror.Lab.Traffic;

/// <summary>The longest time in which nothing arrived, in nanoseconds of the monotonic clock.</summary>
internal struct SilenceMeter
{
    private long _last;

    /// <summary>When something arrived last; 0: never.</summary>
    public readonly long Last => _last;

    public long Longest { get; private set; }

    public long LongestEnd { get; private set; }

    /// <summary>
    /// Forgets the longest silence but not when it heard something last: a silence that began before counts in full.
    /// </summary>
    public void Restart() => (Longest, LongestEnd) = (0, 0);

    public void Heard(long now)
    {
        if (_last != 0) Note(now - _last, now);
        _last = now;
    }

    /// <summary>A silence measured elsewhere.</summary>
    public void Note(long silence, long end)
    {
        if (silence <= Longest) return;
        (Longest, LongestEnd) = (silence, end);
    }
}
