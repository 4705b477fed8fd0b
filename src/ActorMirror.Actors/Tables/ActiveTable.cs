using System.Security.Cryptography;
using ActorMirror.Actors.Runtime;
using ActorMirror.DataPlane.FastL4;
using ActorMirror.DataPlane.Flows;
using ActorMirror.Domain.Connections;
using ActorMirror.Domain.MirrorProtocol;
using ActorMirror.Domain.TrafficGroups;
using ActorMirror.Domain.VirtualServers;
using ActorMirror.MirrorChannel;
using Microsoft.Extensions.Logging;

namespace ActorMirror.Actors.Tables;

/// <summary>
/// The table on the active device: follows the kernel's events and feeds the mirror stream. Connections of virtual servers and SNATs
/// without mirroring are kept apart, to be shown. What somebody else takes out of the kernel is put back.
/// </summary>
internal sealed partial class ActiveTable : ITableState, IMirrorSenderOwner
{
    // Lifetimes are set in pieces of this many, one per tick: behind a promotion, never in its way.
    private const int LifetimesPerTick = 1024;

    // What the mirror lost is offered to it again in pieces of 512, so many per tick: 40,000 a second, less than its kernel takes.
    private const int OffersPerTick = 8;

    // The mirror is to have the last changes long before a client notices; a handover that cannot flush in this time is not done.
    private static readonly TimeSpan FlushPatience = TimeSpan.FromSeconds(1);

    private readonly IActorRef<TableMessage> self;
    private readonly TableContext context;
    private readonly KernelFlows flows;
    private readonly ConnectionTable unmirrored;
    private readonly ActiveListing listing;
    private readonly Restoration restoration;
    private readonly MirrorChange[] changes = new MirrorChange[512];
    private readonly ConnectionView[] views = new ConnectionView[LifetimesPerTick];
    private readonly ConnectionRecord[] records = new ConnectionRecord[LifetimesPerTick];
    private readonly long started;
    private readonly ulong incarnation;
    private ReofferPace pace;
    private int count;
    private int lifetimeCursor;
    private bool lifetimesDue;
    private bool dumpDue;
    private bool wasInSync;

    public ActiveTable(IActorRef<TableMessage> self, TableContext context, KernelFlows flows, Epoch epoch, MirrorTable? copy)
    {
        (this.self, this.context, this.flows, Epoch) = (self, context, flows, epoch);
        started = context.Time.GetTimestamp();
        // Random: it is also the key of the table's digest, which clients must not know.
        incarnation = BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(sizeof(ulong)));
        unmirrored = new ConnectionTable(context.MaximumConnections);
        Table = copy is null
            ? new ConnectionTable(context.MaximumConnections, incarnation)
            : ConnectionTable.FromMirror(copy, context.MaximumConnections, incarnation);
        listing = new ActiveListing(Table, unmirrored);
        restoration = new Restoration(context, flows);
        pace = new ReofferPace(context.Limits);
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
        pace = new ReofferPace(context.Limits);
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
                Channel = context.Channel,
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
        Table.Now = context.Time.GetElapsedTime(started);
        Settle();
        foreach (var seen in batch.Events) Take(seen, services);
        Restore(services);
        Send();
    }

    /// <summary>The dump waits behind the events that are queued, but no longer: connections may be missing in the kernel.</summary>
    public void EventsLost()
    {
        dumpDue = true;
        Tell(new TableMessage.Tick());
    }

    public void Handle(TableMessage message)
    {
        switch (message)
        {
            case TableMessage.SnapshotWanted wanted when wanted.Sender == Sender:
                Send();
                if (!Sender.TryBeginSnapshot(wanted.Request, Table.BeginSnapshot(wanted.Request.SameCopy, wanted.Request.Room))) Table.CloseStream();
                break;
            case TableMessage.DigestWanted wanted when wanted.Sender == Sender:
                Send();
                Sender.TryAppendDigest(Table.Digest());
                break;
            case TableMessage.RepairWanted wanted when wanted.Sender == Sender:
                if (Sender.TryBeginRepair(wanted.Request)) Table.TryBeginRepair(wanted.Request.Buckets);
                break;
            case TableMessage.Resync resync:
                resync.Done(Sender is null ? "there is no next-active to mirror to" : Sender.Resync());
                break;
            case TableMessage.ChunkWanted wanted when wanted.Sender == Sender:
                SendChunk(wanted);
                break;
            case TableMessage.Retracted retracted:
                Retract(retracted);
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
        Table.Now = context.Time.GetElapsedTime(started);
        Settle();
        if (dumpDue) Reconcile();
        if (lifetimesDue) SetLifetimes();
        Ripen();
        LookAround(context.Services());
        Reoffer();
        restoration.Tell();
        Sender?.Say(Account());
        Show();
    }

    public void List(TableMessage.List request) => request.Done(listing.Read(request));

    public ListedConnection? Find(in FlowKey key) => listing.Find(key);

    public async ValueTask DisposeAsync()
    {
        if (Sender is { } sender) await sender.DisposeAsync();
    }

    /// <summary>
    /// Behind the events: a snapshot's chunk must not overtake the changes that were read before it was asked for. What a full mailbox does not take
    /// the sender tells again.
    /// </summary>
    private bool Tell(TableMessage message) => self.TellData(message);

    private void Take(in FlowEvent seen, ServiceTable services)
    {
        if (seen.Kind == FlowEventKind.Helped) LookTwice(seen.Record.Original, services);
        else if (services.Find(seen.Record.Mark) is not { } listener) return;
        else if (seen.Kind == FlowEventKind.Expected) Began(seen.Record.Original, seen.Record.Reply);
        else Take(seen, listener);
    }

    private void Take(in FlowEvent seen, Listener listener)
    {
        var table = listener.Mirror.IsOn ? Table : unmirrored;
        var record = seen.Record;
        bool changed;
        MirrorChange change;
        if (seen.Kind == FlowEventKind.Removed && table.TryGet(record.Original, out var lost) && lost.Record.IsOpen)
        {
            restoration.Add(lost.Record, lost.Helped);
            return;
        }

        if (seen.Kind is FlowEventKind.Gone or FlowEventKind.Removed)
        {
            begun.Remove(record.Original);
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

            changed = table.TryUpsert(record, seen.IsLarge ? null : listener.Mirror.Waits, out change, HelperOf(seen, table));
        }

        if (changed) Append(change);
    }

    /// <summary>What became old enough is mirrored from now on.</summary>
    private void Ripen()
    {
        for (var (i, isMore) = (0, true); isMore && i < OffersPerTick; i++)
        {
            count = Table.Ripen(changes, out isMore);
            Send();
        }
    }

    private void Append(in MirrorChange change)
    {
        changes[count++] = change;
        if (count == changes.Length) Send();
    }

    private void Send()
    {
        if (count == 0) return;
        if (Sender is null || !Sender.TryAppend(changes.AsSpan(0, count))) Table.CloseStream();
        count = 0;
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
        record.State is ConnectionState.None or ConnectionState.Established && services.Find(record.Mark)?.IdleTimeoutOf(record.Original.Protocol) is { } idle
            ? idle
            : TimeSpan.FromSeconds(120);

    private ActiveAccount Account()
    {
        var mirrored = Table.Open.Total;
        return new(mirrored.Open + unmirrored.Open.Total.Open, mirrored.Protected, context.View.Exposed);
    }

    private void Show() => context.View.Show(Table, unmirrored, Sender);
}
