using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using ActorMirror.Management.Contracts;

namespace ActorMirror.Management.Events;

/// <summary>
/// Tells clients what happens. While anybody listens it looks at the device a few times a second and tells what changed since: nothing on the way of a
/// decision knows of it. What came and went between two looks is told as far as the device counts it. The last <see cref="Kept"/> events are kept for clients
/// whose connection broke.
/// </summary>
public sealed class EventFeed(IDeviceView view, TimeProvider time) : IAsyncDisposable
{
    public const int Kept = 256;

    /// <summary>Dashboards and scripts of several people; each costs a connection and a queue.</summary>
    public const int MostSubscribers = 32;

    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);

    // 15 s: a connection whose other end is gone is noticed, and a proxy does not take it for idle.
    private const int LooksPerSign = 60;

    private readonly Lock guard = new();
    private readonly CancellationTokenSource stop = new();
    private ImmutableQueue<(long Id, EventReport Event)> kept = [];
    private ImmutableList<EventSubscription> subscriptions = [];
    private StatusReport? seen;
    private ITimer? timer;
    private long last;
    private int looking;
    private long looks;

    /// <param name="after">Also what happened after the event of this id, as far as it is kept; null: from now on.</param>
    /// <returns>Null: too many listen.</returns>
    internal EventSubscription? TrySubscribe(long? after)
    {
        lock (guard)
        {
            if (subscriptions.Count >= MostSubscribers || stop.IsCancellationRequested) return null;
            if (timer is null)
            {
                Compare(view.Status()); // with the last look there was
                timer = time.CreateTimer(_ => Look(), null, Interval, Interval);
            }

            var subscription = new EventSubscription(Leave, stop.Token);
            if (after is { } id) Replay(subscription, id);
            subscription.Offer(last, new EventReport(time.GetUtcNow(), "listening", null, "from here on events are told as they happen"));
            subscriptions = subscriptions.Add(subscription);
            return subscription;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        lock (guard)
        {
            timer?.Dispose();
            timer = null;
        }

        stop.Dispose();
    }

    /// <summary>Two timers at once, after a pause of the machine, would tell everything twice.</summary>
    internal void Look()
    {
        if (Interlocked.Exchange(ref looking, 1) == 1) return;
        try
        {
            var now = view.Status();
            lock (guard)
            {
                if (timer is null) return;
                Compare(now);
                if (++looks % LooksPerSign != 0) return;
                var sign = new EventReport(time.GetUtcNow(), "alive", null, "nothing else happened for a while");
                foreach (var subscription in subscriptions) subscription.Offer(last, sign);
            }
        }
        finally
        {
            Volatile.Write(ref looking, 0);
        }
    }

    private void Compare(StatusReport now)
    {
        if (seen is { } before)
        {
            foreach (var change in StatusChanges.Between(before, now, time.GetUtcNow())) Tell(change);
        }

        seen = now;
    }

    private void Tell(EventReport change)
    {
        last++;
        kept = kept.Enqueue((last, change));
        while (kept.Peek().Id <= last - Kept) kept = kept.Dequeue();
        foreach (var subscription in subscriptions) subscription.Offer(last, change);
    }

    /// <summary>An id of another worker's time, or one that is not kept any more: the client is told that it missed something.</summary>
    private void Replay(EventSubscription subscription, long id)
    {
        if (id > last || (last > id && kept.Peek().Id > id + 1))
            subscription.Offer(last, new EventReport(time.GetUtcNow(), "missed", null, "events are missing here: read what you show anew"));
        if (id > last) return;
        foreach (var (known, change) in kept.Where(k => k.Id > id)) subscription.Offer(known, change);
    }

    /// <summary>Nobody listens: nobody looks.</summary>
    private void Leave(EventSubscription subscription)
    {
        lock (guard)
        {
            subscriptions = subscriptions.Remove(subscription);
            if (subscriptions.Count > 0) return;
            timer?.Dispose();
            timer = null;
        }
    }
}

/// <summary>One listening client. A client that reads more slowly than things happen is cut off; it comes back with the id it read last.</summary>
internal sealed class EventSubscription(Action<EventSubscription> leave, CancellationToken stop) : IDisposable
{
    // What is kept can be replayed, and one look's changes beside it.
    private readonly Channel<(long, EventReport)> queue = Channel.CreateBounded<(long, EventReport)>(2 * EventFeed.Kept);

    public void Offer(long id, EventReport report)
    {
        if (!queue.Writer.TryWrite((id, report))) queue.Writer.TryComplete();
    }

    /// <summary>Ends when the client is cut off, leaves, or the device stops.</summary>
    public async IAsyncEnumerable<(long Id, EventReport Event)> ReadAllAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, stop);
        while (await MayReadAsync(either.Token))
        {
            while (queue.Reader.TryRead(out var next)) yield return next;
        }
    }

    public void Dispose() => leave(this);

    private async ValueTask<bool> MayReadAsync(CancellationToken cancellation)
    {
        try
        {
            return await queue.Reader.WaitToReadAsync(cancellation);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }
}
