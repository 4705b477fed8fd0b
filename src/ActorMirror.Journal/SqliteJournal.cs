using System.Collections.Immutable;
using System.Threading.Channels;
using ActorMirror.Domain.Cluster;
using ActorMirror.Domain.TrafficGroups;

namespace ActorMirror.Journal;

/// <summary>
/// The journal in one SQLite file. Callers only put records into a queue; one writer takes all that wait into one transaction. A full
/// queue gives up the record (the database hangs, and epochs also live in the replicated state); an unwritable database is tried
/// again with the next record; a corrupt file is set aside under a name that tells when, and a new one is begun.
/// </summary>
public sealed class SqliteJournal : IJournal
{
    /// <summary>A failover of all 63 traffic groups writes about 200 records; this is several of them.</summary>
    public const int QueueLength = 1024;

    private readonly Channel<Entry> _queue;
    private readonly JournalFile _file;
    private readonly Task _writer;
    private long _dropped;

    private SqliteJournal(JournalFile file, int queueLength, Task start)
    {
        _file = file;
        _queue = Channel.CreateBounded<Entry>(new BoundedChannelOptions(queueLength) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });
        HighestEpochs = file.ReadEpochs();
        Offline = file.ReadOffline();
        _writer = Task.Run(() => WriteAllAsync(start));
    }

    public ImmutableDictionary<string, Epoch> HighestEpochs { get; }

    public ImmutableArray<OfflineWord> Offline { get; }

    public JournalStatus Status
    {
        get
        {
            var dropped = Interlocked.Read(ref _dropped);
            var (health, text) = _file.State;
            if (health == JournalHealth.Ok && dropped > 0) (health, text) = (JournalHealth.Degraded, $"{dropped} records were given up");
            return new JournalStatus(health, text, dropped);
        }
    }

    /// <summary>Opens or makes the journal; whatever is wrong with it is in <see cref="Status"/>.</summary>
    public static SqliteJournal Open(string path, TimeProvider time) => Open(path, time, QueueLength, Task.CompletedTask);

    /// <param name="start">The writer takes nothing before this: lets a test fill the queue.</param>
    internal static SqliteJournal Open(string path, TimeProvider time, int queueLength, Task start)
    {
        var file = new JournalFile(path, time);
        file.Open();
        return new SqliteJournal(file, queueLength, start);
    }

    public void Saw(string group, Epoch epoch) => Queue(new Entry.Seen(group, epoch));

    public void Record(ForcedStandby decision) => Queue(new Entry.Forced(decision));

    public void Record(OfflineWord word) => Queue(new Entry.Said(word));

    public void Record(Failover failover) => Queue(new Entry.Moved(failover));

    public void Record(Audit change) => Queue(new Entry.Changed(change));

    public Task<ImmutableArray<Audit>> AuditsAsync(int limit, CancellationToken cancellation) =>
        Task.Run(() => _file.ReadAudits(limit), cancellation);

    public Task<ImmutableArray<Failover>> FailoversAsync(int limit, CancellationToken cancellation) =>
        Task.Run(() => _file.ReadFailovers(limit), cancellation);

    public async Task FlushAsync(CancellationToken cancellation)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await _queue.Writer.WriteAsync(new Entry.Barrier(done), cancellation);
        await done.Task.WaitAsync(cancellation);
    }

    public async ValueTask DisposeAsync()
    {
        _queue.Writer.TryComplete();
        await _writer;
        _file.Dispose();
    }

    private void Queue(Entry entry)
    {
        if (!_queue.Writer.TryWrite(entry)) Interlocked.Increment(ref _dropped);
    }

    private async Task WriteAllAsync(Task start)
    {
        await start;
        var batch = new List<Entry>();
        while (await _queue.Reader.WaitToReadAsync())
        {
            batch.Clear();
            while (_queue.Reader.TryRead(out var entry)) batch.Add(entry);
            var records = batch.Where(e => e is not Entry.Barrier).ToList();
            if (records.Count > 0 && !_file.Write(records)) Interlocked.Add(ref _dropped, records.Count);
            foreach (var barrier in batch.OfType<Entry.Barrier>()) barrier.Done.TrySetResult();
        }
    }
}

/// <summary>What waits to be written.</summary>
internal abstract record Entry
{
    internal sealed record Seen(string Group, Epoch Epoch) : Entry;

    internal sealed record Forced(ForcedStandby Decision) : Entry;

    internal sealed record Moved(Failover Failover) : Entry;

    internal sealed record Said(OfflineWord Word) : Entry;

    internal sealed record Changed(Audit Change) : Entry;

    internal sealed record Barrier(TaskCompletionSource Done) : Entry;
}
