namespace ActorMirror.Domain.MirrorProtocol;

/// <summary>
/// Changes in order, kept until they are acknowledged so that a new link can continue where the old one broke:
/// <code>
///  acknowledged | sent | queued
///  ... Released ] ..... Sent ] ..... Queued ]
/// </code>
/// Bounded; grows by doubling up to its bound and stays there.
/// </summary>
public sealed class Backlog(int capacity)
{
    private MirrorChange[] ring = new MirrorChange[Math.Min(capacity, 256)];

    /// <summary>The last change that was acknowledged, or from before this backlog began.</summary>
    public long Released { get; private set; }

    public long Sent { get; private set; }

    public long Queued { get; private set; }

    public int Capacity => capacity;

    /// <summary>Changes kept: sent or not, not acknowledged.</summary>
    public int Outstanding => (int)(Queued - Released);

    /// <summary>Bytes that the changes kept take on the wire.</summary>
    public long OutstandingBytes { get; private set; }

    public int Unsent => (int)(Queued - Sent);

    /// <summary>Forgets everything; the next change appended is the one after <paramref name="sequence"/>.</summary>
    public void Restart(long sequence)
    {
        Released = Sent = Queued = sequence;
        OutstandingBytes = 0;
    }

    /// <summary>False: they do not fit, none was taken.</summary>
    /// <exception cref="ArgumentException">The changes do not follow the last one without a gap: the owner's mistake.</exception>
    public bool TryAppend(ReadOnlySpan<MirrorChange> changes)
    {
        if (changes.IsEmpty) return true;
        if (changes[0].Sequence != Queued + 1 || changes[^1].Sequence != Queued + changes.Length)
            throw new ArgumentException($"changes {changes[0].Sequence} to {changes[^1].Sequence} do not follow {Queued}", nameof(changes));
        if (Outstanding + changes.Length > capacity) return false;
        while (Outstanding + changes.Length > ring.Length) Grow();
        foreach (ref readonly var change in changes)
        {
            ring[++Queued % ring.Length] = change;
            OutstandingBytes += change.WireSize;
        }

        return true;
    }

    /// <summary>Takes up to <paramref name="limit"/> changes to send; they lie in one piece and are valid until the backlog is touched again.</summary>
    public ReadOnlySpan<MirrorChange> TakeUnsent(int limit)
    {
        var start = (int)((Sent + 1) % ring.Length);
        var count = Math.Min(Math.Min(limit, Unsent), ring.Length - start);
        Sent += count;
        return ring.AsSpan(start, count);
    }

    /// <summary>False: what was not sent cannot have been acknowledged.</summary>
    public bool TryRelease(long sequence)
    {
        if (sequence > Sent) return false;
        while (Released < sequence) OutstandingBytes -= ring[++Released % ring.Length].WireSize;
        return true;
    }

    /// <summary>Goes on after the last change the peer received. False: that is not in the backlog.</summary>
    public bool TryResume(long received)
    {
        if (received < Released || received > Queued) return false;
        Sent = received;
        return true;
    }

    private void Grow()
    {
        var larger = new MirrorChange[Math.Min(ring.Length * 2, capacity)];
        for (var sequence = Released + 1; sequence <= Queued; sequence++) larger[sequence % larger.Length] = ring[sequence % ring.Length];
        ring = larger;
    }
}
