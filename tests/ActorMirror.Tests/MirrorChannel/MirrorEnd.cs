using ActorMirror.Domain.Connections;
using ActorMirror.Domain.Devices;
using ActorMirror.Domain.MirrorProtocol;
using ActorMirror.MirrorChannel;
using ActorMirror.Tests.Support;

namespace ActorMirror.Tests.MirrorChannel;

/// <summary>A mirror device's table, kernel and receiver, as an actor would hold them.</summary>
internal sealed class MirrorEnd : IMirrorReceiverOwner, IAsyncDisposable
{
    private readonly MirrorWork work = new();

    public MirrorEnd(MirrorLimits limits, TimeProvider time, int room = 2_000_000)
    {
        Table = new MirrorTable(room);
        Receiver = new MirrorReceiver(new MirrorReceiverOptions { Self = new DeviceId(2), Room = room, Limits = limits }, this, () => Expected, time);
    }

    public Mailbox Mailbox { get; } = new();

    public MirrorTable Table { get; }

    public FakeKernel Kernel { get; } = new();

    public MirrorReceiver Receiver { get; }

    public MirrorAcceptance? Expected { get; set; } = new(new DeviceId(1), 1, new(4, 2), 7);

    /// <summary>While set, batches are not worked on.</summary>
    public Task? Hold { get; set; }

    public async ValueTask ApplyAsync(MirrorReceiver receiver, MirrorBatch batch)
    {
        if (Hold is { } hold) await hold;
        Mailbox.Post(() => Work(batch));
    }

    public ValueTask CompareAsync(MirrorReceiver receiver, StreamId stream, TableDigest digest)
    {
        Mailbox.Post(() => Receiver.Compared(stream, Table.Compare(digest)));
        return ValueTask.CompletedTask;
    }

    public void StateChanged(MirrorReceiver receiver, ChannelStatus status)
    {
    }

    /// <summary>Makes the copy wrong behind the protocol's back: a ghost, or an entry that is not there.</summary>
    public void Damage(in MirrorChange change)
    {
        Table.Apply([change], work);
        Inject();
    }

    public void Vanish(FlowKey key)
    {
        Kernel.Remove(key).ShouldBeTrue();
        if (Table.Vanished(key, out var retraction)) Receiver.Retract(Receiver.Status.Stream, [retraction]);
    }

    public async ValueTask DisposeAsync()
    {
        await Receiver.DisposeAsync();
        await Mailbox.DisposeAsync();
    }

    private void Work(MirrorBatch batch)
    {
        Table.UseDigestKey(batch.Stream.Incarnation);
        if (!Table.Apply(batch.Changes, work)) Receiver.Forget("the number of connections differs");
        Inject();
        while (Table.MustSweep)
        {
            Table.Sweep(work, limit: 100);
            Inject();
        }

        Receiver.Applied(batch, System.Runtime.InteropServices.CollectionsMarshal.AsSpan(work.Retractions));
        work.Clear();
        if (!Table.IsRepairing) Receiver.Repaired(Table.Repairs);
    }

    private void Inject()
    {
        foreach (var operation in work.Operations)
        {
            if (Kernel.Do(operation) is { } reason && Table.Failed(operation, reason, out var retraction)) work.Retractions.Add(retraction);
        }

        work.Operations.Clear();
    }
}
