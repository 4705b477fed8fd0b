using System.Collections.Immutable;
using Microsoft.Extensions.Logging;

namespace ActorMirror.Actors.Runtime;

/// <summary>
/// Runs one actor and supervises it:
/// <code>
/// message -> Handle --ok--> next message
///               |
///             throws -> dispose, create anew, Start(restart), the same message once more
///                                                  |
///                                           throws again -> the message is dropped, with an alarm
/// </code>
/// Delivering the message once more makes a crash before, within or after its handling harmless, since steps are idempotent; dropping it the second
/// time keeps one poisonous message from ending the device. A message that holds something pooled is <see cref="IDisposable"/>: it is disposed after its
/// last delivery, here and nowhere else.
/// An actor has no thread: who posts to one at rest has it run, on a thread of the pool or on its own, see <see cref="TellDataHere"/>.
/// </summary>
public sealed class ActorCell<TMessage> : IActorRef<TMessage>, IActorFaults, IThreadPoolWorkItem, IAsyncDisposable
    where TMessage : class
{
    private readonly string name;
    private readonly Func<Actor<TMessage>> create;
    private readonly ILogger log;
    private readonly Mailbox<TMessage> mailbox = new();
    private readonly TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ImmutableSortedDictionary<string, Type> messages = MessageTypes.Of(typeof(TMessage));
    private Actor<TMessage>? actor; // belongs to who runs it
    private bool isRunning = true;
    private Type? poison;
    private int restarts;
    private ImmutableSortedDictionary<string, int> kills;

    public ActorCell(string name, Func<IActorRef<TMessage>, Actor<TMessage>> create, ILogger log)
    {
        this.name = name;
        this.create = () => create(this);
        this.log = log;
        kills = messages.ToImmutableSortedDictionary(m => m.Key, _ => 0, StringComparer.Ordinal);
        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    public string Name => name;

    public int Restarts => restarts;

    public int Waiting => mailbox.Count;

    public ImmutableSortedDictionary<string, int> Kills => Volatile.Read(ref kills);

    public bool Tell(TMessage message) => mailbox.TryPost(message) && Wake();

    public bool TellData(TMessage message) => mailbox.TryPostData(message) && Wake();

    public bool TellDataHere(TMessage message)
    {
        if (!mailbox.TryPostData(message)) return false;
        if (MayRun()) _ = RunAsync(most: 1);
        return true;
    }

    public bool KillAtNext(string? messageType)
    {
        var type = messageType is null ? typeof(TMessage) : messages.GetValueOrDefault(messageType);
        if (type is null) return false;
        poison = type;
        return true;
    }

    public async ValueTask DisposeAsync()
    {
        mailbox.Close();
        Wake();
        await ended.Task;
    }

    void IThreadPoolWorkItem.Execute() => _ = RunAsync(int.MaxValue);

    private bool Wake()
    {
        if (MayRun()) ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        return true;
    }

    /// <summary>One at a time.</summary>
    private bool MayRun() => !Interlocked.Exchange(ref isRunning, true);

    /// <summary>Handles so many messages here, and what there is beyond on a thread of the pool.</summary>
    private async Task RunAsync(int most)
    {
        actor ??= await BeginAsync(restart: false);
        while (true)
        {
            for (; mailbox.Count > 0; most--)
            {
                if (most == 0)
                {
                    ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
                    return;
                }

                if (!mailbox.TryTake(out var message)) continue;
                actor = await DeliverAsync(actor, message);
                (message as IDisposable)?.Dispose();
            }

            // In this order: what was posted before it closed is still handled, and what is posted while this looks is not left behind.
            var isClosed = mailbox.IsClosed;
            if (mailbox.Count > 0) continue;
            if (isClosed)
            {
                await EndAsync(actor);
                return; // it stays running: nothing runs it again
            }

            Interlocked.Exchange(ref isRunning, false);
            if ((mailbox.Count == 0 && !mailbox.IsClosed) || !MayRun()) return;
        }
    }

    private async Task EndAsync(Actor<TMessage> last)
    {
        try
        {
            await last.DisposeAsync();
            ended.SetResult();
        }
        catch (Exception failure)
        {
            ended.SetException(failure);
        }
    }

    private async ValueTask<Actor<TMessage>> DeliverAsync(Actor<TMessage> current, TMessage message)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await current.HandleAsync(message);
                if (poison is { } poisoned && poisoned.IsInstanceOfType(message) && Interlocked.CompareExchange(ref poison, null, poisoned) == poisoned)
                    throw new ActorKilledException(name, message.GetType().Name);
                return current;
            }
            catch (Exception failure)
            {
                log.LogError(failure, "Actor {Actor} failed at {Message} (attempt {Attempt}); restarting it", name, message.GetType().Name, attempt);
                current = await RestartAsync(current);
                if (failure is ActorKilledException) CountKill(message.GetType().Name);
                if (attempt == 1) continue;
                log.LogError("Actor {Actor} dropped a {Message} that failed twice", name, message.GetType().Name);
                return current;
            }
        }
    }

    /// <summary>After the successor has begun: who waits for the kill wants to see its consequences.</summary>
    private void CountKill(string message) => Volatile.Write(ref kills, kills.SetItem(message, kills[message] + 1));

    private async ValueTask<Actor<TMessage>> RestartAsync(Actor<TMessage> failed)
    {
        Interlocked.Increment(ref restarts);
        try
        {
            await failed.DisposeAsync();
        }
        catch (Exception failure)
        {
            log.LogWarning(failure, "Actor {Actor} failed again while it was disposed", name);
        }

        return await BeginAsync(restart: true);
    }

    private async ValueTask<Actor<TMessage>> BeginAsync(bool restart)
    {
        for (var wait = TimeSpan.FromMilliseconds(10); ; wait = wait < TimeSpan.FromSeconds(1) ? wait * 2 : wait)
        {
            var begun = create();
            try
            {
                await begun.StartAsync(restart);
                return begun;
            }
            catch (Exception failure)
            {
                log.LogError(failure, "Actor {Actor} cannot start; next attempt in {Wait} ms", name, wait.TotalMilliseconds);
                await begun.DisposeAsync();
                await Task.Delay(wait);
            }
        }
    }
}

/// <summary>Lets a daemon started with --allow-faults kill an actor on purpose.</summary>
public interface IActorFaults
{
    string Name { get; }

    /// <summary>How often the actor failed and was restarted, on request or not.</summary>
    int Restarts { get; }

    /// <summary>Every message type the actor takes, and how often it was killed at one on request and has a successor.</summary>
    ImmutableSortedDictionary<string, int> Kills { get; }

    /// <summary>
    /// The actor dies right after it handled the next message of this type (null: of any), and is given that message once more; false: it takes no such message.
    /// </summary>
    bool KillAtNext(string? messageType);
}

/// <summary>Thrown into an actor on purpose, by fault injection only.</summary>
public sealed class ActorKilledException(string actor, string message) : Exception($"actor {actor} was killed at {message} on request");
