using System.Collections.Immutable;
using ActorMirror.Actors.Runtime;
using ActorMirror.DataPlane.FastL4;
using ActorMirror.DataPlane.Flows;
using ActorMirror.Domain.Connections;
using ActorMirror.Domain.MirrorProtocol;
using ActorMirror.Domain.TrafficGroups;
using ActorMirror.MirrorChannel;
using Microsoft.Extensions.Logging;

namespace ActorMirror.Actors.Tables;

/// <summary>
/// The table on the active device: follows the kernel's events and feeds the mirror stream. Connections of virtual servers without
/// mirroring are kept apart, to be shown.
/// </summary>
internal sealed class ActiveTable : ITableState, IMirrorSenderOwner
{
    // Lifetimes are set in pieces of this many, one per tick: behind a promotion, never in its way.
    private const int LifetimesPerTick = 1024;

    private const long Unmirrored = 1L << 32;

    // The mirror is to have the last changes long before a client notices; a handover that cannot flush in this time is not done.
    private static readonly TimeSpan FlushPatience = TimeSpan.FromSeconds(1);

    private readonly IActorRef<TableMessage> self;
    private readonly TableContext context;
    private readonly KernelFlows flows;
    private readonly ConnectionTable unmirrored;
    private readonly MirrorChange[] changes = new MirrorChange[512];
    private readonly ConnectionView[] views = new ConnectionView[LifetimesPerTick];
    private readonly ConnectionRecord[] records = new ConnectionRecord[LifetimesPerTick];
    private readonly ulong incarnation;
    private int count;
    private int lifetimeCursor;
    private bool lifetimesDue;
    private bool dumpDue;
    private bool wasInSync;

    public ActiveTable(IActorRef<TableMessage> self, TableContext context, KernelFlows flows, Epoch epoch, MirrorTable? copy)
    {
        (this.self, this.context, this.flows, Epoch) = (self, context, flows, epoch);
        incarnation = (ulong)context.Time.GetTimestamp();
        unmirrored = new ConnectionTable(context.Settings.MaximumConnections);
        Table = copy is null
            ? new ConnectionTable(context.Settings.MaximumConnections)
            : ConnectionTable.FromMirror(copy, context.Settings.MaximumConnections);
        lifetimesDue = copy is not null;
        dumpDue = copy is null;
    }

    public Epoch Epoch { get; private set; }

    public ConnectionTable Table { get; }

    public MirrorPeer? Peer { get; private set; }

    private MirrorSender? Sender { get; set; }

    /// <summary>The same role told again: another mirror, or a new epoch of the same ownership.</summary>
    public void Assign(Epoch epoch, MirrorPeer? peer)
    {
        if (epoch == Epoch && peer == Peer) return;
        (Epoch, Peer) = (epoch, peer);
        if (Sender is { } former) _ = former.DisposeAsync().AsTask();
        Table.ForgetCopy();
        Sender = null;
        wasInSync = false;
        Show();
        if (peer is not { } mirror) return;
        Sender = new MirrorSender(
            new MirrorSenderOptions
            {
                Self = context.Network.Self,
                Peer = mirror.Device,
                PeerEndpoint = context.Network.Describe(mirror.Device, mirror.Port),
                Stream = new StreamId(context.Number, epoch, incarnation),
                TrafficGroupName = context.Group,
                Numbering = context.Services().Digest,
                HasSecondary = context.Network.HasSecondary,
                OnlyIdentical = context.OnlyIdentical,
                Limits = context.Limits,
            },
            this, (path, cancellation) => context.Network.ConnectAsync(mirror.Device, mirror.Port, path, cancellation), context.Time);
        Show();
        Sender.Start();
    }

    public void Events(FlowBatch batch)
    {
        var services = context.Services();
        foreach (var seen in batch.Events)
        {
            if (services.Find(seen.Record.Mark) is { } service) Take(seen, service);
        }

        Send();
    }

    public void EventsLost() => dumpDue = true;

    public void Handle(TableMessage message)
    {
        switch (message)
        {
            case TableMessage.SnapshotWanted wanted when wanted.Sender == Sender:
                Send();
                if (!Sender.TryBeginSnapshot(wanted.Request, Table.BeginSnapshot(wanted.Request.SameCopy, wanted.Request.Room))) Table.CloseStream();
                break;
            case TableMessage.ChunkWanted wanted when wanted.Sender == Sender:
                SendChunk(wanted);
                break;
            case TableMessage.Acknowledged acknowledged when acknowledged.Sender == Sender:
                Table.Acknowledge(acknowledged.Sequence);
                break;
            case TableMessage.Retracted retracted when retracted.Sender == Sender:
                foreach (var retraction in retracted.Retractions) Table.Retract(retraction);
                break;
            case TableMessage.ChannelChanged changed when changed.Sender == Sender:
                ChannelChanged(changed.Status);
                break;
            case TableMessage.Flush flush:
                FlushAsync(flush);
                break;
            case TableMessage.Apply apply:
                apply.Receiver.Forget("this device is active itself");
                break;
        }
    }

    public void Tick()
    {
        if (dumpDue) Reconcile();
        if (lifetimesDue) SetLifetimes();
        if (Table.Counts.Retracted > 0)
        {
            count = Table.Reoffer(changes);
            Send();
        }

        Show();
    }

    /// <summary>The cursor is a slot of the table, with the high half 1 in the table of the unmirrored.</summary>
    public void List(TableMessage.List request)
    {
        var ofUnmirrored = request.Cursor >> 32 != 0;
        var slot = request.Slot;
        var read = (ofUnmirrored ? unmirrored : Table).Read(ref slot, views.AsSpan(0, Math.Min(request.Limit, views.Length)));
        var found = ImmutableArray.CreateBuilder<ListedConnection>(read);
        foreach (ref readonly var view in views.AsSpan(0, read))
        {
            var listed = new ListedConnection(view.Record, ofUnmirrored ? null : view.Protection, view.Reason, IsCopy: false);
            if (request.Mirrored is null || request.Mirrored == listed.IsMirrored) found.Add(listed);
        }

        var isMore = read > 0 || request.Limit == 0;
        long? next = (isMore, ofUnmirrored) switch
        {
            (true, true) => slot + Unmirrored,
            (true, false) => slot,
            (false, false) => Unmirrored,
            (false, true) => null,
        };
        var counts = Table.Counts;
        var all = counts.Owned + unmirrored.Counts.Owned;
        request.Done(new TablePage(found.ToImmutable(), next, request.Mirrored switch { true => counts.Protected, false => all - counts.Protected, null => all }));
    }

    public async ValueTask DisposeAsync()
    {
        if (Sender is { } sender) await sender.DisposeAsync();
    }

    bool IMirrorSenderOwner.SnapshotWanted(MirrorSender sender, SnapshotRequest request) => Tell(new TableMessage.SnapshotWanted(sender, request));

    bool IMirrorSenderOwner.SnapshotChunkWanted(MirrorSender sender, long request, int limit) => Tell(new TableMessage.ChunkWanted(sender, request, limit));

    bool IMirrorSenderOwner.Acknowledged(MirrorSender sender, long sequence) => Tell(new TableMessage.Acknowledged(sender, sequence));

    bool IMirrorSenderOwner.Retracted(MirrorSender sender, ReadOnlySpan<Retraction> retractions) =>
        Tell(new TableMessage.Retracted(sender, retractions.ToArray()));

    bool IMirrorSenderOwner.StateChanged(MirrorSender sender, ChannelStatus status) => Tell(new TableMessage.ChannelChanged(sender, status));

    /// <summary>
    /// Behind the events: a snapshot's chunk must not overtake the changes that were read before it was asked for. What a full mailbox does not take
    /// the sender tells again.
    /// </summary>
    private bool Tell(TableMessage message) => self.TellData(message);

    private void Take(in FlowEvent seen, Service service)
    {
        var table = service.Server.Mirror ? Table : unmirrored;
        var record = seen.Record;
        bool changed;
        MirrorChange change;
        if (seen.Kind == FlowEventKind.Gone)
        {
            changed = table.TryDelete(record.Original, out change);
        }
        else
        {
            // An event that is not about TCP's state does not tell it.
            if (record.State == ConnectionState.None && record.Original.Protocol == TransportProtocol.Tcp)
            {
                if (!table.TryGet(record.Original, out var known)) return;
                record = known.Record with { Mark = record.Mark };
            }

            changed = table.TryUpsert(record, out change);
        }

        if (!changed) return;
        changes[count++] = change;
        if (count == changes.Length) Send();
    }

    private void Send()
    {
        if (count == 0) return;
        if (Sender is null || !Sender.TryAppend(changes.AsSpan(0, count))) Table.CloseStream();
        count = 0;
    }

    private void SendChunk(TableMessage.ChunkWanted wanted)
    {
        Send();
        var written = Table.NextSnapshotChunk(changes.AsSpan(0, Math.Min(wanted.Limit, changes.Length)), out _);
        if (written > 0 && !Sender!.TryAppendChunk(wanted.Request, changes.AsSpan(0, written))) Table.CloseStream();
    }

    private void ChannelChanged(ChannelStatus status)
    {
        var inSync = status.State == MirrorChannelState.InSync;
        context.Log.LogInformation("Traffic group {Group}: mirror channel to {Peer} is {State} {Reason}", context.Group, Peer?.Device, status.State, status.Reason);
        if (inSync == wasInSync || Peer is not { } peer) return;
        wasInSync = inSync;
        context.Observer.CopyChanged(Epoch, peer.Device, inSync, incarnation);
    }

    /// <summary>Makes the table what the kernel holds: after lost events, and when this device becomes active without a copy.</summary>
    private void Reconcile()
    {
        var present = new HashSet<FlowKey>();
        var services = context.Services();
        flows.Dump(span =>
        {
            foreach (ref readonly var record in span)
            {
                if (services.Find(record.Mark) is not { } service) continue;
                present.Add(record.Original);
                Take(new FlowEvent(FlowEventKind.Seen, record), service);
            }
        });
        dumpDue = false;
        foreach (var table in new[] { Table, unmirrored }) Forget(table, present);
        Send();
        context.Log.LogInformation("Traffic group {Group}: compared with the kernel, {Count} connections", context.Group, present.Count);
    }

    private void Forget(ConnectionTable table, HashSet<FlowKey> present)
    {
        var cursor = 0;
        while (table.Read(ref cursor, views) is > 0 and var read)
        {
            foreach (ref readonly var view in views.AsSpan(0, read))
            {
                if (present.Contains(view.Record.Original) || !table.TryDelete(view.Record.Original, out var change)) continue;
                changes[count++] = change;
                if (count == changes.Length) Send();
            }
        }
    }

    /// <summary>Entries that came from the mirror get the lifetime their profile gives; those that carry packets have it already.</summary>
    private void SetLifetimes()
    {
        var read = Table.Read(ref lifetimeCursor, views);
        lifetimesDue = read > 0;
        for (var i = 0; i < read; i++) records[i] = views[i].Record;
        var services = context.Services();
        flows.SetLifetimes(records.AsSpan(0, read), record => Lifetime(services, record));
    }

    /// <summary>A closing connection has the kernel's 120 s of FIN_WAIT and TIME_WAIT (nf_conntrack_proto_tcp.c), the others their idle time-out.</summary>
    private static TimeSpan Lifetime(ServiceTable services, in ConnectionRecord record) =>
        record.State is ConnectionState.None or ConnectionState.Established && services.Find(record.Mark) is { } service
            ? service.Server.IdleTimeout
            : TimeSpan.FromSeconds(120);

    private async void FlushAsync(TableMessage.Flush flush)
    {
        var sequence = Table.LastSequence;
        var applied = false;
        try
        {
            applied = Sender is { } sender && await sender.WhenApplied(sequence, FlushPatience);
        }
        catch (OperationCanceledException)
        {
            // The sender was stopped meanwhile.
        }
        finally
        {
            flush.Done(sequence, applied);
        }
    }

    private void Show() => context.View.Show(Table.Open, unmirrored.Open, Sender);
}
