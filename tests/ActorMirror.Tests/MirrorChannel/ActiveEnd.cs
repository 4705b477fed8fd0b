using ActorMirror.Domain.Connections;
using ActorMirror.Domain.Devices;
using ActorMirror.Domain.MirrorProtocol;
using ActorMirror.Domain.TrafficGroups;
using ActorMirror.MirrorChannel;

namespace ActorMirror.Tests.MirrorChannel;

/// <summary>An active device's table and sender, as an actor would hold them.</summary>
internal sealed class ActiveEnd : IMirrorSenderOwner, IAsyncDisposable
{
    private readonly MirrorChange[] chunk = new MirrorChange[512];
    private long snapshot;
    private int told;

    public ActiveEnd(Func<CancellationToken, ValueTask<Stream>> connect, MirrorLimits limits, TimeProvider time, ulong numbering = 7)
        : this(async (path, cancellation) => new MirrorConnection(await connect(cancellation), path, null), false, limits, time, numbering)
    {
    }

    public ActiveEnd(
        Func<MirrorPath, CancellationToken, ValueTask<MirrorConnection>> dial, bool hasSecondary, MirrorLimits limits, TimeProvider time, ulong numbering = 7,
        bool onlyIdentical = false)
    {
        Sender = new MirrorSender(
            new MirrorSenderOptions
            {
                Self = new DeviceId(1),
                Peer = new DeviceId(2),
                PeerEndpoint = "mirror:1029",
                Stream = new StreamId(1, new Epoch(4, 2), 99),
                TrafficGroupName = "tg1",
                Numbering = numbering,
                HasSecondary = hasSecondary,
                OnlyIdentical = onlyIdentical,
                Limits = limits,
            },
            this,
            dial,
            time);
    }

    public Mailbox Mailbox { get; } = new();

    public ConnectionTable Table { get; } = new(2_000_000, digestKey: 99);

    public MirrorSender Sender { get; }

    public ChannelStatus Channel { get; private set; } = ChannelStatus.Initial(TimeProvider.System);

    public List<ChannelStatus> History { get; } = [];

    public bool IsInSync => Channel.State == MirrorChannelState.InSync;

    public void Upsert(ConnectionRecord record)
    {
        if (Table.TryUpsert(record, out var change)) Append([change]);
    }

    public void Delete(FlowKey key)
    {
        if (Table.TryDelete(key, out var change)) Append([change]);
    }

    public void Append(ReadOnlySpan<MirrorChange> changes)
    {
        if (!Sender.TryAppend(changes)) Table.CloseStream();
    }

    public bool SnapshotWanted(MirrorSender sender, SnapshotRequest request) => Tell(() =>
    {
        snapshot = request.Number;
        if (!Sender.TryBeginSnapshot(request, Table.BeginSnapshot(request.SameCopy, request.Room))) Table.CloseStream();
    });

    public bool SnapshotChunkWanted(MirrorSender sender, long request, int limit) => Tell(() =>
    {
        if (request != snapshot) return;
        var written = Table.NextChunk(chunk.AsSpan(0, limit), out var done);
        if ((written > 0 || !done) && !Sender.TryAppendChunk(request, chunk.AsSpan(0, written))) Table.CloseStream();
    });

    public bool DigestWanted(MirrorSender sender) => Tell(() => Sender.TryAppendDigest(Table.Digest()));

    public bool RepairWanted(MirrorSender sender, RepairRequest request) => Tell(() =>
    {
        snapshot = request.Number;
        if (Sender.TryBeginRepair(request)) Table.TryBeginRepair(request.Buckets).ShouldBeTrue();
    });

    public bool Acknowledged(MirrorSender sender, long sequence) => Tell(() => Table.Acknowledge(sequence));

    public bool Retracted(MirrorSender sender, ReadOnlySpan<Retraction> retractions)
    {
        var copy = retractions.ToArray();
        return Tell(() =>
        {
            foreach (var retraction in copy) Table.Retract(retraction);
        });
    }

    public bool StateChanged(MirrorSender sender, ChannelStatus status) => Tell(() =>
    {
        Channel = status;
        History.Add(status);
    });

    /// <summary>Every so many messages the mailbox is full; 0: never.</summary>
    public int RefusesEvery { get; init; }

    private bool Tell(Action message)
    {
        if (RefusesEvery > 0 && ++told % RefusesEvery == 0) return false;
        Mailbox.Post(message);
        return true;
    }

    public async ValueTask DisposeAsync()
    {
        await Sender.DisposeAsync();
        await Mailbox.DisposeAsync();
    }
}
