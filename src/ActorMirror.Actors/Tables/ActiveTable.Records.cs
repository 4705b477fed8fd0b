using System.Collections.Immutable;
using ActorMirror.DataPlane.Flows;
using ActorMirror.Domain.Connections;
using ActorMirror.Domain.MirrorProtocol;
using ActorMirror.Domain.Persistence;
using ActorMirror.Domain.VirtualServers;

namespace ActorMirror.Actors.Tables;

/// <content>Persistence: clients that return.</content>
internal sealed partial class ActiveTable
{
    private readonly PersistenceView[] recordViews = new PersistenceView[1024];
    private bool isDumping; // what is read then may be older than what is known

    /// <summary>What a mirror's table of this device begins with: all of it unverified.</summary>
    public MirrorTable ToCopy()
    {
        var copy = MirrorTable.FromActive(Table, context.MaximumConnections, context.MaximumRecords);
        copy.Records.Now = keeper.Table.Now = context.Clock;
        var cursor = 0;
        while (keeper.Table.Read(ref cursor, recordViews) is > 0 and var read)
        {
            foreach (ref readonly var view in recordViews.AsSpan(0, read)) copy.Records.Seed(view.Record);
        }

        return copy;
    }

    public void ListRecords(TableMessage.ListRecords request)
    {
        keeper.Table.Now = context.Clock;
        var cursor = request.Cursor;
        var read = keeper.Table.Read(ref cursor, recordViews.AsSpan(0, Math.Min(request.Limit, recordViews.Length)));
        ImmutableArray<PersistenceView> found = [.. recordViews.Take(read).Where(v => request.IsAsked(v.Record))];
        request.Done(new RecordPage(found, read > 0 ? cursor : null, keeper.Table.Count, keeper.Table.Refused));
    }

    /// <summary>A connection that begins or ends changes what is known of its client.</summary>
    private void TakeReturning(in FlowEvent seen, Listener listener)
    {
        var table = listener.Mirror.IsOn ? Table : unmirrored;
        ConnectionRecord? before = table.TryGet(seen.Record.Original, out var view) ? view.Record : null;
        Take(seen, listener);
        ConnectionRecord? after = table.TryGet(seen.Record.Original, out view) ? view.Record : null;
        if (before == after) return;
        keeper.Table.Now = context.Clock;
        keeper.Changed(before, after, mayMove: !isDumping);
    }

    private void HandleRecords(TableMessage message)
    {
        keeper.Table.Now = context.Clock;
        switch (message)
        {
            case TableMessage.MemberChanged { IsUp: false } down:
                keeper.Table.Remove(record => down.Marks.Contains(record.Mark));
                break;
            case TableMessage.DeleteRecords delete:
                delete.Done(keeper.Table.Remove(delete.IsAsked));
                break;
        }

        TellRecords();
        Send();
    }

    // Kept: telling comes with every batch of events.
    private Action<MirrorChange> AppendRecord => field ??= change => Append(change);

    private void TellRecords() => keeper.Tell(Table, Sender is { PeerHearsPersistence: true }, AppendRecord);
}
