namespace ActorMirror.Lab.Traffic;

/// <summary>What has arrived of a numbered stream whose messages may be lost, overtaken or doubled.</summary>
internal struct Receipts
{
    // Bit n: sequence Expected - 1 - n has arrived. 128 messages are 2.5 s of a flow paced at 20 ms.
    private UInt128 _seen;

    /// <summary>Different messages that have arrived.</summary>
    public long Received { get; private set; }

    /// <summary>One more than the highest sequence that has arrived.</summary>
    public long Expected { get; private set; }

    public long Reordered { get; private set; }

    public long Duplicated { get; private set; }

    /// <summary>Messages below the highest that have not arrived (yet).</summary>
    public readonly long Missing => Expected - Received;

    public void Note(long sequence)
    {
        var ahead = sequence - Expected;
        if (ahead >= 0)
        {
            _seen = ahead >= 127 ? UInt128.One : _seen << (int)(ahead + 1) | UInt128.One;
            Expected = sequence + 1;
            Received++;
            return;
        }

        var bit = UInt128.One << (int)Math.Min(-ahead - 1, 127);
        if ((_seen & bit) != 0)
        {
            Duplicated++;
            return;
        }

        _seen |= bit;
        Received++;
        Reordered++;
    }
}
