using ActorMirror.Domain.Connections;
using ActorMirror.Domain.Persistence;

namespace ActorMirror.Domain.MirrorProtocol;

/// <summary>What one element of a stream does to the mirror's table.</summary>
public enum MirrorChangeKind : byte
{
    /// <summary>The connection is as the record says from now on; its closing is an upsert with a later state.</summary>
    Upsert = 1,

    /// <summary>The connection is gone.</summary>
    Delete = 2,

    /// <summary>Everything the mirror has is unverified until an upsert names it again. The only element whose sequence may jump.</summary>
    SnapshotBegin = 3,

    /// <summary>What is still unverified does not exist any more; the copy is complete.</summary>
    SnapshotEnd = 4,

    /// <summary>What the mirror has of these buckets is in doubt until an upsert names it again.</summary>
    Doubt = 5,

    /// <summary>An upsert of a connection that the mirror acknowledged, and must have as it is.</summary>
    Reassert = 6,

    /// <summary>What is still in doubt does not exist any more.</summary>
    Settle = 7,

    /// <summary>A client returns to the member that the record says, and has the rest of the lifetime it says.</summary>
    Persist = 8,

    /// <summary>A client returns to no member any more.</summary>
    Unpersist = 9,
}

/// <summary>
/// One element of a mirror stream. Elements are numbered from 1 without gaps, snapshots included, so that there is one order of
/// everything; the only gap allowed is before a <see cref="MirrorChangeKind.SnapshotBegin"/>.
/// </summary>
/// <param name="Record">For an upsert or reassertion; a delete uses <see cref="ConnectionRecord.Original"/> alone.</param>
/// <param name="Helped">For an upsert or reassertion: what its helper did; null: it has none, and none expected it.</param>
/// <param name="Count">For the end of a snapshot: how many connections the mirror's table now holds; for its beginning: about how many there will be; for
/// a doubt: which buckets.</param>
/// <param name="Persisted">Of a persistence record: itself; of one that is gone the key alone counts.</param>
public readonly record struct MirrorChange(
    MirrorChangeKind Kind, long Sequence, ConnectionRecord Record, int Count, HelperState? Helped = null, PersistenceRecord? Persisted = null)
{
    public FlowKey Key => Record.Original;

    public static MirrorChange Upsert(long sequence, in ConnectionRecord record, HelperState? helped = null) =>
        new(MirrorChangeKind.Upsert, sequence, record, 0, helped);

    public static MirrorChange Delete(long sequence, in FlowKey key) =>
        new(MirrorChangeKind.Delete, sequence, new ConnectionRecord { Original = key }, 0);

    public static MirrorChange SnapshotBegin(long sequence, int expected) =>
        new(MirrorChangeKind.SnapshotBegin, sequence, default, expected);

    /// <summary>Of a doubt; checked where it was read.</summary>
    public BucketRange Buckets => new(Count >> 16, Count & 0xFFFF);

    /// <summary>
    /// Bytes it takes in a frame: a head, flows of 12 bytes (36 with IPv6), 7 of the rest of a record, 4 of a count; of a helper's state 2, 24 of adjustments, an
    /// expected flow with 7 (19) more, and the master's flow; of a persistence record scope 2, address, and 12 of mark and times.
    /// </summary>
    public int WireSize => Kind switch
    {
        MirrorChangeKind.Upsert or MirrorChangeKind.Reassert =>
            Record.Original.Source.Address.IsV4 && Record.Original.Destination.Address.IsV4 && Record.Reply.Source.Address.IsV4 && Record.Reply.Destination.Address.IsV4
                ? 32 + SizeOf(Helped, 12, 4) : 80 + SizeOf(Helped, 36, 16),
        MirrorChangeKind.Delete => Key.Source.Address.IsV4 && Key.Destination.Address.IsV4 ? 13 : 37,
        MirrorChangeKind.Settle => 1,
        MirrorChangeKind.Persist => Persisted!.Key.Value.IsV4 ? 19 : 31,
        MirrorChangeKind.Unpersist => Persisted!.Key.Value.IsV4 ? 7 : 19,
        _ => 5,
    };

    private static int SizeOf(HelperState? helped, int flow, int address) => helped is null
        ? 0
        : 2 + (helped.IsAdjusted ? 24 : 0) + (helped.Expected is null ? 0 : flow + 1 + address + 2) + (helped.Master is null ? 0 : flow);

    public bool NamesConnection => Kind is MirrorChangeKind.Upsert or MirrorChangeKind.Reassert;

    /// <summary>Of a connection or a record that is named; null: none is.</summary>
    public FlowMark? Mark => NamesConnection ? Record.Mark : Kind == MirrorChangeKind.Persist ? Persisted!.Mark : null;

    public static MirrorChange Doubt(long sequence, BucketRange buckets) => new(MirrorChangeKind.Doubt, sequence, default, (buckets.First << 16) | buckets.Count);

    public static MirrorChange Reassert(long sequence, in ConnectionRecord record, HelperState? helped = null) =>
        new(MirrorChangeKind.Reassert, sequence, record, 0, helped);

    public static MirrorChange Settle(long sequence) => new(MirrorChangeKind.Settle, sequence, default, 0);

    public static MirrorChange Persist(long sequence, PersistenceRecord record) => new(MirrorChangeKind.Persist, sequence, default, 0, null, record);

    public static MirrorChange Unpersist(long sequence, PersistenceRecord record) => new(MirrorChangeKind.Unpersist, sequence, default, 0, null, record);

    public static MirrorChange SnapshotEnd(long sequence, int count) => new(MirrorChangeKind.SnapshotEnd, sequence, default, count);
}
