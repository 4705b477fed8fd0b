using ActorMirror.Domain.Connections;
using ActorMirror.Domain.MirrorProtocol;

namespace ActorMirror.Domain.Persistence;

/// <summary>
/// The copy of a traffic group's mirrored records on its mirror, all of it in this device's kernel. One owner, one thread. A record ends here when the active says
/// so; should the active die, by its own clock.
/// </summary>
/// <param name="maximum">Room; beyond it a record is counted, and not kept.</param>
public sealed class PersistenceCopy(int maximum)
{
    private readonly Dictionary<PersistenceKey, Held> held = [];
    private int snapshot = 1; // those of former ones, and seeded ones (0), are unverified

    /// <summary>The owner's clock, from any fixed instant.</summary>
    public TimeSpan Now { get; set; }

    public int Count => held.Count;

    /// <summary>Records that were not kept for want of room.</summary>
    public long Refused { get; private set; }

    /// <summary>What is in this device's kernel, or was known before: the stream decides what becomes of it.</summary>
    public void Seed(PersistenceRecord record)
    {
        ArgumentNullException.ThrowIfNull(record);
        held[record.Key] = new Held(record.Mark, record.Timeout, Now + record.Remaining, 0);
    }

    /// <summary>A change of the stream that is of a record; what the kernel is to do is added to <paramref name="work"/>.</summary>
    public void Apply(in MirrorChange change, List<PersistenceChange> work)
    {
        ArgumentNullException.ThrowIfNull(work);
        if (change.Kind == MirrorChangeKind.Persist) Put(change.Persisted!, work);
        else if (held.Remove(change.Persisted!.Key, out var former)) work.Add(Gone(change.Persisted.Key, former));
    }

    public void BeginSnapshot() => snapshot++;

    /// <summary>What the snapshot did not name does not exist any more.</summary>
    public void EndSnapshot(List<PersistenceChange> work)
    {
        ArgumentNullException.ThrowIfNull(work);
        foreach (var (key, former) in held.Where(h => h.Value.Snapshot != snapshot).ToList())
        {
            held.Remove(key);
            work.Add(Gone(key, former));
        }
    }

    /// <summary>The kernel lost these (a member was down for a while): they are told again.</summary>
    public void TellAgain(Func<FlowMark, bool> isOfThese, List<PersistenceChange> work)
    {
        ArgumentNullException.ThrowIfNull(isOfThese);
        ArgumentNullException.ThrowIfNull(work);
        work.AddRange(Records().Where(r => isOfThese(r.Mark)).Select(r => new PersistenceChange(r, false, default, true)));
    }

    /// <summary>Those that still live.</summary>
    public IEnumerable<PersistenceRecord> Records() =>
        held.Where(h => h.Value.Until > Now).Select(h => new PersistenceRecord(h.Key, h.Value.Mark, h.Value.Timeout, h.Value.Until - Now));

    private void Put(PersistenceRecord record, List<PersistenceChange> work)
    {
        var known = held.TryGetValue(record.Key, out var former);
        if (!known && held.Count >= maximum)
        {
            Refused++;
            return;
        }

        held[record.Key] = new Held(record.Mark, record.Timeout, Now + record.Remaining, snapshot);
        work.Add(new PersistenceChange(record, false, known ? former.Mark : default, true));
    }

    private static PersistenceChange Gone(in PersistenceKey key, in Held former) =>
        new(new PersistenceRecord(key, former.Mark, former.Timeout, TimeSpan.Zero), true, former.Mark, true);

    private readonly record struct Held(FlowMark Mark, TimeSpan Timeout, TimeSpan Until, int Snapshot);
}
