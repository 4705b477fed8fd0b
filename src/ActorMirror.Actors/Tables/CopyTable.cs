using ActorMirror.Actors.Runtime;
using ActorMirror.DataPlane.Flows;
using ActorMirror.Domain.Connections;
using ActorMirror.Domain.MirrorProtocol;
using ActorMirror.MirrorChannel;
using Microsoft.Extensions.Logging;

namespace ActorMirror.Actors.Tables;

/// <summary>
/// The copy on the mirror, kept in this device's kernel (hot standby): applies what the active sends, acknowledges what the kernel took, and takes
/// an acknowledgement back when an entry disappears.
/// </summary>
internal sealed class CopyTable : ITableState, IMirrorReceiverOwner
{
    // Deletions of a sweep go to the kernel in batches of this many.
    private const int SweepBatch = 512;

    // What an operator asks for is read in pieces of this many.
    private const int ListedAtOnce = 1024;

    // Live changes come in batches of so many and less; a resync's chunks are larger, and nobody waits for them. The kernel takes so many in about a millisecond: who
    // reads the channel can do that itself.
    private const int MostLive = 128;

    // A kernel fills up in seconds; asking it costs a system call.
    private const int TicksPerLook = 10;

    private readonly IActorRef<TableMessage> self;
    private readonly TableContext context;
    private readonly KernelFlows flows;
    private readonly MirrorWork work = new();
    private readonly List<Retraction> retractions = [];
    private readonly ConnectionRecord[] records = new ConnectionRecord[ListedAtOnce];
    private readonly MirrorReceiver receiver;
    private readonly IAsyncDisposable listener;
    private StreamId stream;
    private int ticks;
    private Repairs told;

    public CopyTable(IActorRef<TableMessage> self, TableContext context, KernelFlows flows, TableRole.Mirror role, MirrorTable table)
    {
        (this.self, this.context, this.flows, Table, Role) = (self, context, flows, table, role);
        var acceptance = new MirrorAcceptance(role.Of, context.Number, role.Epoch, context.Services().Digest, context.OnlyIdentical ? Platform.Description : null)
        {
            Channel = context.Channel,
        };
        receiver = new MirrorReceiver(
            new MirrorReceiverOptions { Self = context.Network.Self, Room = Room, Limits = context.Limits },
            this, () => acceptance with { Numbering = context.Services().Digest }, context.Time);
        listener = context.Network.Listen(role.Port, receiver.RunAsync, receiver.Refused);
        Show();
    }

    public MirrorTable Table { get; private set; }

    public TableRole.Mirror Role { get; }

    /// <summary>As many as the table and the kernel can hold, whichever is less.</summary>
    private int Room => Math.Min(Table.Room, flows.Room(Table.CountInKernel));

    /// <summary>What this device's kernel holds of the group, to be verified by the stream.</summary>
    public static MirrorTable FromKernel(KernelFlows flows, int maximum)
    {
        var table = new MirrorTable(maximum);
        flows.Dump(span =>
        {
            foreach (ref readonly var seen in span)
            {
                if (seen.Kind == FlowEventKind.Seen) table.Seed(seen.Record, seen.HasHelper ? HelperState.Ftp : null);
            }
        });
        return table;
    }

    public void Events(FlowBatch batch)
    {
        retractions.Clear();
        foreach (var seen in batch.Events)
        {
            if (seen.Kind == FlowEventKind.Seen) Table.Found(seen.Record);
            else if (seen.Kind is FlowEventKind.Gone or FlowEventKind.Removed && Table.Vanished(seen.Record.Original, out var retraction)) retractions.Add(retraction);
        }

        if (retractions.Count == 0) return;
        receiver.Retract(stream, System.Runtime.InteropServices.CollectionsMarshal.AsSpan(retractions));
    }

    /// <summary>Deletions may have been missed: only a new snapshot tells.</summary>
    public void EventsLost()
    {
        Table = FromKernel(flows, Table.Room);
        told = default;
        receiver.Forget("events of this kernel were lost");
        Show();
    }

    public void Handle(TableMessage message)
    {
        switch (message)
        {
            case TableMessage.Apply apply when apply.Receiver == receiver:
                Apply(apply.Batch);
                break;
            case TableMessage.Apply late:
                late.Receiver.Forget("the mirror's table was made anew");
                break;
            case TableMessage.Compare compare when compare.Receiver == receiver:
                receiver.Compared(compare.Stream, Table.Compare(compare.Digest));
                break;
            case TableMessage.Resync resync:
                resync.Done("this device is not active for the traffic group");
                break;
            case TableMessage.Flush flush:
                flush.Done(0, false);
                break;
        }
    }

    public void Tick()
    {
        if (++ticks % TicksPerLook == 0) receiver.RoomChanged(Room);
        Show();
    }

    public void List(TableMessage.List request)
    {
        if (request.Mirrored == false)
        {
            request.Done(new TablePage([], null, 0));
            return;
        }

        var slot = request.Slot;
        var read = Table.Read(ref slot, records.AsSpan(0, Math.Min(request.Limit, records.Length)));
        request.Done(new TablePage(
            [.. records.Take(read).Select(record => new ListedConnection(record, null, Helped: Table.Helped(record.Original)))],
            read > 0 || request.Limit == 0 ? slot : null, Table.CountInKernel));
    }

    public ListedConnection? Find(in FlowKey key) => Table.TryGet(key, out var record, out var inKernel, out _)
        ? new ListedConnection(record, inKernel ? null : Exposure.NotHeld, Helped: Table.Helped(key))
        : null;

    public async ValueTask DisposeAsync()
    {
        await listener.DisposeAsync();
        await receiver.DisposeAsync();
    }

    ValueTask IMirrorReceiverOwner.ApplyAsync(MirrorReceiver from, MirrorBatch batch)
    {
        var message = new TableMessage.Apply(from, batch);
        var isTaken = IsShort(batch.Changes) ? self.TellDataHere(message) : self.TellData(message);
        return isTaken ? ValueTask.CompletedTask : throw new InvalidOperationException("the mailbox of the mirror's table is full");
    }

    ValueTask IMirrorReceiverOwner.CompareAsync(MirrorReceiver from, StreamId of, TableDigest digest) =>
        self.TellData(new TableMessage.Compare(from, of, digest))
            ? ValueTask.CompletedTask
            : throw new InvalidOperationException("the mailbox of the mirror's table is full");

    void IMirrorReceiverOwner.StateChanged(MirrorReceiver from, ChannelStatus status) =>
        context.Log.LogInformation(
            "Traffic group {Group}: incoming mirror channel {Channel} is {State} {Reason}", context.Group, context.Channel, status.State, status.Reason);

    private void Apply(MirrorBatch batch)
    {
        stream = batch.Stream;
        Table.UseDigestKey(stream.Incarnation);
        retractions.Clear();
        work.Clear();
        var consistent = Table.Apply(batch.Changes, work);
        Execute(inBackground: batch.Changes.Length > MostLive);
        while (Table.MustSweep)
        {
            work.Clear();
            Table.Sweep(work, SweepBatch);
            Execute(inBackground: true);
        }

        if (consistent) receiver.Applied(batch, System.Runtime.InteropServices.CollectionsMarshal.AsSpan(retractions));
        else receiver.Forget("the copy does not have as many connections as the active says");
        TellRepairs();
    }

    /// <summary>Once for each repair that found something.</summary>
    private void TellRepairs()
    {
        if (Table.IsRepairing || Table.Repairs == told) return;
        var now = Table.Repairs - told;
        told = Table.Repairs;
        receiver.Repaired(told);
        context.Log.LogWarning(
            "Traffic group {Group}: the copy was not as the active's table: {Ghosts} ghosts deleted, {Missing} missing connections injected, {Wrong} corrected",
            context.Group, now.Ghosts, now.Missing, now.Wrong);
    }

    /// <summary>The ends of a snapshot and of a repair have the whole table looked through.</summary>
    private static bool IsShort(ReadOnlySpan<MirrorChange> changes)
    {
        if (changes.Length > MostLive) return false;
        foreach (ref readonly var change in changes)
        {
            if (change.Kind is MirrorChangeKind.SnapshotEnd or MirrorChangeKind.Settle) return false;
        }

        return true;
    }

    private void Execute(bool inBackground)
    {
        retractions.AddRange(work.Retractions);
        if (work.Operations.Count == 0) return;
        flows.Apply(
            work.Operations, static _ => KernelFlows.MirroredLifetime, (operation, reason) =>
            {
                if (Table.Failed(operation, reason, out var retraction)) retractions.Add(retraction);
            },
            inBackground);
    }

    private void Show() => context.View.Show(Table.Open, receiver);
}
