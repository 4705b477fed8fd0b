namespace ActorMirror.Actors.Runtime;

/// <summary>
/// The behaviour of an actor: one thread at a time, sole owner of its state. It is thrown away when it fails; its successor begins
/// with <see cref="StartAsync"/>, which rebuilds the state from what the kernel, the journal and other actors still hold.
/// </summary>
public abstract class Actor<TMessage> : IAsyncDisposable
    where TMessage : class
{
    /// <summary>Rebuilds the state; runs before the first message.</summary>
    /// <param name="restart">Whether a predecessor failed.</param>
    public virtual ValueTask StartAsync(bool restart) => ValueTask.CompletedTask;

    public abstract ValueTask HandleAsync(TMessage message);

    /// <summary>Releases timers and connections; the kernel's state stays for the successor.</summary>
    public virtual ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }
}

/// <summary>Where messages to an actor go; outlives its restarts.</summary>
public interface IActorRef<in TMessage>
    where TMessage : class
{
    /// <summary>False: the mailbox is full or closed.</summary>
    bool Tell(TMessage message);

    /// <summary>The data lane: overtaken by control messages.</summary>
    bool TellData(TMessage message);

    /// <summary>
    /// As <see cref="TellData"/>, but an actor at rest handles the message at once, on the caller's thread: for one that takes less time than waking a thread does,
    /// and a caller that holds no lock and has that time.
    /// </summary>
    bool TellDataHere(TMessage message) => TellData(message);
}
