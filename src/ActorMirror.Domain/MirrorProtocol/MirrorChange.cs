using ActorMirror.Domain.Connections;

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
}

/// <summary>
/// One element of a mirror stream. Elements are numbered from 1 without gaps, snapshots included, so that there is one order of
/// everything; the only gap allowed is before a <see cref="MirrorChangeKind.SnapshotBegin"/>.
/// </summary>
/// <param name="Record">For an upsert; a delete uses <see cref="ConnectionRecord.Original"/> alone.</param>
/// <param name="Count">For the end of a snapshot: how many connections the mirror's table now holds; for its beginning: about how many there will be.</param>
public readonly record struct MirrorChange(MirrorChangeKind Kind, long Sequence, ConnectionRecord Record, int Count)
{
    public FlowKey Key => Record.Original;

    public static MirrorChange Upsert(long sequence, in ConnectionRecord record) => new(MirrorChangeKind.Upsert, sequence, record, 0);

    public static MirrorChange Delete(long sequence, in FlowKey key) =>
        new(MirrorChangeKind.Delete, sequence, new ConnectionRecord { Original = key }, 0);

    public static MirrorChange SnapshotBegin(long sequence, int expected) =>
        new(MirrorChangeKind.SnapshotBegin, sequence, default, expected);

    public static MirrorChange SnapshotEnd(long sequence, int count) => new(MirrorChangeKind.SnapshotEnd, sequence, default, count);
}
