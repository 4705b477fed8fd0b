namespace ActorMirror.MirrorChannel;

/// <summary>Wakes one waiting loop; any number of signals before it waits count as one.</summary>
internal sealed class AsyncSignal : IDisposable
{
    private readonly SemaphoreSlim semaphore = new(0, 1);
    private int pending;

    public void Set()
    {
        if (Interlocked.Exchange(ref pending, 1) == 0) semaphore.Release();
    }

    public async ValueTask WaitAsync(CancellationToken cancellation)
    {
        await semaphore.WaitAsync(cancellation);
        Volatile.Write(ref pending, 0);
    }

    public void Dispose() => semaphore.Dispose();
}
