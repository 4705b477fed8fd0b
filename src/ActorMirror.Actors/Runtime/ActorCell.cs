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
/// </summary>
public sealed class ActorCell<TMessage> : IActorRef<TMessage>, IActorFaults, IAsyncDisposable
    where TMessage : class
{
    private readonly string name;
    private readonly Func<Actor<TMessage>> create;
    private readonly ILogger log;
    private readonly Mailbox<TMessage> mailbox = new();
    private readonly Task run;
    private readonly ImmutableSortedDictionary<string, Type> messages = MessageTypes.Of(typeof(TMessage));
    private Type? poison;
    private int restarts;
    private ImmutableSortedDictionary<string, int> kills;

    public ActorCell(string name, Func<IActorRef<TMessage>, Actor<TMessage>> create, ILogger log)
    {
        this.name = name;
        this.create = () => create(this);
        this.log = log;
        kills = messages.ToImmutableSortedDictionary(m => m.Key, _ => 0, StringComparer.Ordinal);
        run = Task.Run(RunAsync);
    }

    public string Name => name;

    public int Restarts => restarts;

    public int Waiting => mailbox.Count;

    public ImmutableSortedDictionary<string, int> Kills => Volatile.Read(ref kills);

    public bool Tell(TMessage message) => mailbox.TryPost(message);

    public bool TellData(TMessage message) => mailbox.TryPostData(message);

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
        await run;
    }

    private async Task RunAsync()
    {
        var actor = await BeginAsync(restart: false);
        while (await mailbox.WaitAsync())
        {
            while (mailbox.TryTake(out var message))
            {
                actor = await DeliverAsync(actor, message);
                (message as IDisposable)?.Dispose();
            }
        }

        await actor.DisposeAsync();
    }

    private async ValueTask<Actor<TMessage>> DeliverAsync(Actor<TMessage> actor, TMessage message)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await actor.HandleAsync(message);
                if (poison is { } poisoned && poisoned.IsInstanceOfType(message) && Interlocked.CompareExchange(ref poison, null, poisoned) == poisoned)
                    throw new ActorKilledException(name, message.GetType().Name);
                return actor;
            }
            catch (Exception failure)
            {
                log.LogError(failure, "Actor {Actor} failed at {Message} (attempt {Attempt}); restarting it", name, message.GetType().Name, attempt);
                actor = await RestartAsync(actor);
                if (failure is ActorKilledException) CountKill(message.GetType().Name);
                if (attempt == 1) continue;
                log.LogError("Actor {Actor} dropped a {Message} that failed twice", name, message.GetType().Name);
                return actor;
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
            var actor = create();
            try
            {
                await actor.StartAsync(restart);
                return actor;
            }
            catch (Exception failure)
            {
                log.LogError(failure, "Actor {Actor} cannot start; next attempt in {Wait} ms", name, wait.TotalMilliseconds);
                await actor.DisposeAsync();
                await Task.Delay(wait);
            }
        }
    }
}

/// <summary>Shows how an actor is, and lets a daemon started with --allow-faults kill it on purpose.</summary>
public interface IActorFaults
{
    string Name { get; }

    /// <summary>Messages in its mailbox, both lanes.</summary>
    int Waiting { get; }

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
