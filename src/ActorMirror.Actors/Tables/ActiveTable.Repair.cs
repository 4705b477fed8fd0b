using ActorMirror.DataPlane.FastL4;
using ActorMirror.DataPlane.Flows;
using ActorMirror.Domain.Connections;
using Microsoft.Extensions.Logging;

namespace ActorMirror.Actors.Tables;

/// <content>Table and kernel are made to agree again: after lost events, after entries were taken away, and when this device becomes active without a copy.</content>
internal sealed partial class ActiveTable
{
    /// <summary>Makes the table what the kernel holds, but for open connections that the kernel lost: those it is given back. One that had expired expires again.</summary>
    private void Reconcile()
    {
        var present = new HashSet<FlowKey>();
        var services = context.Services();
        flows.Dump(span =>
        {
            foreach (ref readonly var seen in span)
            {
                isDumping = true;
                Take(seen, services);
                isDumping = false;
                if (seen.Kind != FlowEventKind.Seen || services.Find(seen.Record.Mark) is null) continue;
                present.Add(seen.Record.Original);
                if (seen.HasHelper) LookSoon(seen.Record.Original);
            }
        });
        dumpDue = false;
        foreach (var table in new[] { Table, unmirrored }) Miss(table, present);
        Restore(services);
        Send();
        context.Log.LogInformation("Traffic group {Group}: compared with the kernel, {Count} connections", context.Group, present.Count);
    }

    private void Miss(ConnectionTable table, HashSet<FlowKey> present)
    {
        var cursor = 0;
        while (table.Read(ref cursor, views) is > 0 and var read)
        {
            foreach (ref readonly var view in views.AsSpan(0, read))
            {
                if (present.Contains(view.Record.Original)) continue;
                if (view.Record.IsOpen) restoration.Add(view.Record, view.Helped);
                else Lose(table, view.Record);
            }
        }
    }

    private void Restore(ServiceTable services)
    {
        if (restoration.IsDue) dumpDue |= RestoreNow(services);
    }

    private bool RestoreNow(ServiceTable services) =>
        restoration.Execute(record => Lifetime(services, record), record =>
        {
            foreach (var table in new[] { Table, unmirrored }) Lose(table, record);
        });

    private void Lose(ConnectionTable table, in ConnectionRecord record)
    {
        ConnectionRecord? before = table.TryGet(record.Original, out var view) ? view.Record : null;
        if (table.TryDelete(record.Original, out var change)) Append(change);
        keeper.Changed(before, null, mayMove: false);
    }

    /// <summary>What vanished on the mirror is offered at once, what it refused at its pace.</summary>
    private void Reoffer()
    {
        if (Sender is not { } sender) return;
        if (wasInSync) Table.RoomChanged(sender.PeerRoom);
        var now = context.Time.GetElapsedTime(started);
        var refusedToo = pace.IsDue(now);
        for (var i = 0; i < OffersPerTick; i++)
        {
            count = Table.Reoffer(changes, refusedToo);
            if (refusedToo) pace.Offered(count, Table.LastSequence, now);
            if (count == 0) return;
            Send();
        }
    }
}
