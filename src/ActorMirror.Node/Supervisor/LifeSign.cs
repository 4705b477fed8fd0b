namespace ActorMirror.Node.Supervisor;

/// <summary>
/// A worker's word that its actors work: the time of change of a file below /run, set twice a second; no lock is taken that a frozen worker could hold. A
/// worker that hangs without dying keeps its place in the group, and corosync keeps every message for it in its memory, without a bound.
/// </summary>
internal sealed class LifeSign(string file, TimeProvider time)
{
    /// <summary>By the worker.</summary>
    /// <exception cref="IOException">The file cannot be made.</exception>
    public void Give()
    {
        if (!File.Exists(file)) File.WriteAllText(file, "");
        File.SetLastWriteTimeUtc(file, time.GetUtcNow().UtcDateTime);
    }

    /// <summary>By the supervisor: the last one; null when the worker has given none.</summary>
    public DateTime? Read() => File.Exists(file) ? File.GetLastWriteTimeUtc(file) : null;

    /// <summary>What a predecessor left.</summary>
    public void Forget() => File.Delete(file);
}

/// <summary>
/// Decides when a worker is stuck. It counts its own looks, once a second, not the time: who was frozen together with the worker, as a paused machine
/// is, does not blame it.
/// </summary>
internal sealed class LifeWatch
{
    // The others have taken over after two seconds; this only has to end what hangs, and must not end what is slow.
    internal const int Patience = 10;

    // Loading programs, opening the kernel and finding corosync, on a machine that starts everything at once.
    internal const int StartPatience = 60;

    private DateTime? last;
    private int missed;

    /// <param name="sign">What the look found.</param>
    public bool IsStuck(DateTime? sign)
    {
        missed = sign == last ? missed + 1 : 0;
        last = sign;
        return missed >= (sign is null ? StartPatience : Patience);
    }
}
