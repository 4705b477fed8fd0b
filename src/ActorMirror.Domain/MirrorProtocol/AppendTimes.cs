namespace ActorMirror.Domain.MirrorProtocol;

/// <summary>When changes were appended, to 5 ms: enough for an operator, and a few hundred entries instead of one per change.</summary>
public sealed class AppendTimes
{
    private static readonly TimeSpan Grain = TimeSpan.FromMilliseconds(5);

    private readonly Queue<(long Through, TimeSpan At)> closed = new();
    private (long Through, TimeSpan At)? open;

    /// <summary>When the oldest change that was not released was appended; null: there is none.</summary>
    public TimeSpan? Oldest => closed.TryPeek(out var oldest) ? oldest.At : open?.At;

    public void Note(long through, TimeSpan now)
    {
        if (open is { } current && now - current.At >= Grain)
        {
            closed.Enqueue(current);
            open = null;
        }

        open = (through, open?.At ?? now);
    }

    public void Release(long sequence)
    {
        while (closed.TryPeek(out var oldest) && oldest.Through <= sequence) closed.Dequeue();
        if (open?.Through <= sequence) open = null;
    }

    public void Clear()
    {
        closed.Clear();
        open = null;
    }
}
