using System.Threading.Tasks.Sources;

namespace ActorMirror.MirrorChannel;

/// <summary>
/// Wakes one waiting loop; any number of signals before it waits count as one. The loop goes on within <see cref="Set"/>, on its caller's thread, up to
/// where it has to wait: to wake another thread for each batch costs more than what it would do. So nobody sets it with a lock held that the loop takes.
/// </summary>
internal sealed class AsyncSignal : IValueTaskSource
{
    private const int Idle = 0;
    private const int Signalled = 1;
    private const int Waiting = 2;

    private ManualResetValueTaskSourceCore<bool> wait; // continues synchronously
    private int state;

    public void Set()
    {
        while (true)
        {
            switch (Volatile.Read(ref state))
            {
                case Signalled:
                case Idle when Interlocked.CompareExchange(ref state, Signalled, Idle) == Idle:
                    return;
                case Waiting when Interlocked.CompareExchange(ref state, Idle, Waiting) == Waiting:
                    wait.SetResult(true);
                    return;
            }
        }
    }

    /// <summary>By one loop, one call at a time.</summary>
    public ValueTask WaitAsync()
    {
        wait.Reset();
        if (Interlocked.CompareExchange(ref state, Waiting, Idle) == Idle) return new ValueTask(this, wait.Version);
        Volatile.Write(ref state, Idle); // it was signalled
        return ValueTask.CompletedTask;
    }

    void IValueTaskSource.GetResult(short token) => wait.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => wait.GetStatus(token);

    void IValueTaskSource.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        wait.OnCompleted(continuation, state, token, flags);
}
