using ActorMirror.Domain.Connections;
using ActorMirror.Domain.Devices;
using ActorMirror.Domain.MirrorProtocol;
using ActorMirror.Domain.TrafficGroups;
using ActorMirror.MirrorChannel.Wire;
using ActorMirror.Tests.Support;

namespace ActorMirror.Tests.MirrorProtocol;

/// <summary>
/// Two devices, a table each, the pure streams between them, and everything that can happen to them, one step at a time: the
/// network and the actors' mailboxes are queues whose steps the test chooses. Bounds are tiny, so that each is met often.
/// </summary>
internal sealed partial class MirrorPair
{
    private static readonly MirrorLimits Tiny = new()
    {
        BacklogChanges = 8,
        BatchChanges = 4,
        BatchesInHand = 2,
        Retractions = 6,
        ReconcilePeriod = TimeSpan.FromSeconds(2),
    };

    private const int MaximumConnections = 10_000;

    private readonly byte[] frame = new byte[Frames.MaximumFrame];
    private readonly MirrorChange[] changes = new MirrorChange[Frames.MaximumElements];
    private readonly Retraction[] retractions = new Retraction[Frames.MaximumElements];
    private readonly Queue<byte[]> toMirror = new();
    private readonly Queue<byte[]> toActive = new();
    private readonly Queue<Action> activeMail = new();
    private readonly Queue<(StreamId Stream, MirrorChange[] Changes, TableDigest? Digest)> inHand = new();
    private readonly MirrorLimits limits;
    private readonly uint features;
    private readonly MirrorWork work = new();
    private readonly int room;
    private OutgoingStream sender;
    private IncomingStream receiver;
    private MirrorTable copy;
    private FakeKernel kernel = new();
    private Epoch epoch = new(1, 1);
    private ulong incarnation;
    private long snapshot;
    private bool isMailboxFull;

    public MirrorPair(int room, uint features = MirrorFeatures.Own, MirrorLimits? limits = null)
    {
        (this.room, this.features, this.limits) = (room, features, limits ?? Tiny);
        copy = new MirrorTable(room);
        receiver = new IncomingStream(this.limits);
        sender = new OutgoingStream(new StreamId(1, epoch, incarnation), this.limits);
    }

    public ConnectionTable Table { get; private set; } = new(MaximumConnections);

    public TimeSpan Now { get; set; }

    public int Snapshots { get; private set; }

    public int Takeovers { get; private set; }

    public int Overflows { get; private set; }

    public int Resumes { get; private set; }

    /// <summary>Digests that found both tables equal.</summary>
    public int Agreements { get; private set; }

    public CopyState Copy => sender.Copy;

    public int Outstanding => sender.Outstanding;

    public bool IsRepairing => sender.IsRepairing;

    public Repairs Repairs => copy.Repairs;

    /// <summary>What the active was told of them.</summary>
    public Repairs RepairsTold => sender.Repairs;

    public long RepairCount => sender.RepairCount;

    public long RepairedBuckets => sender.RepairedBuckets;

    /// <summary>Elements of the last repair, its doubts and its end among them.</summary>
    public int RepairElements => sender.SnapshotAppended;

    /// <summary>Flows the mirror's table was made wrong about behind the protocol's back.</summary>
    public HashSet<FlowKey> Damaged { get; } = [];

    /// <summary>Flows the mirror's kernel lost since it was last told of them; only they may be shown as protected wrongly, until the word arrives.</summary>
    public HashSet<FlowKey> Lost { get; } = [];

    public void Connect()
    {
        Break();
        sender.Handle(LinkEvent.Dialled, Now);
        sender.Handle(LinkEvent.Connected, Now);
        var (held, received, applied) = receiver.Open(sender.Stream, sender.RetractionsSeen, features);
        if (held == sender.Stream) Resumes++;
        sender.Answered(new MirrorHelloAnswer(MirrorRefusal.None, 1, new DeviceId(2), features, room, held, received, applied, "", ""), Now);
        var acknowledged = sender.Acknowledged;
        activeMail.Enqueue(() => Table.Acknowledge(acknowledged));
    }

    public void Break()
    {
        sender.Handle(LinkEvent.Lost, Now);
        toMirror.Clear();
        toActive.Clear();
    }

    /// <summary>The mirror becomes active with what it has, and the old active its mirror, with everything it had.</summary>
    public void Takeover()
    {
        Takeovers++;
        var former = Table;
        var old = new FakeKernel();
        foreach (var record in Records()) old.Put(record, Helped(record.Original));
        var table = ConnectionTable.FromMirror(copy, MaximumConnections, incarnation + 1);
        Become(table, epoch with { Index = epoch.Index + 1 });
        Records().ShouldBe(kernel.Entries.Values, ignoreOrder: true);
        inHand.Clear();
        (kernel, receiver, copy) = (old, new IncomingStream(limits), MirrorTable.FromActive(former, room));
        Lost.Clear();
        Damaged.Clear();
    }

    public string? Resync() => sender.Resync();

    public List<ConnectionRecord> Records()
    {
        var views = new ConnectionView[5];
        var (cursor, records) = (0, new List<ConnectionRecord>());
        while (Table.Read(ref cursor, views) is > 0 and var read) records.AddRange(views.Take(read).Select(v => v.Record));
        return records;
    }

    /// <summary>What is shown as protected is in the mirror's kernel as it is here, unless the kernel lost it and the word is on its way.</summary>
    public void ProtectedMeansProtected()
    {
        foreach (var record in Records())
        {
            Table.TryGet(record.Original, out var view).ShouldBeTrue();
            if (view.Protection != Protection.Protected || Lost.Contains(record.Original) || Damaged.Contains(record.Original)) continue;
            kernel.Entries.TryGetValue(record.Original, out var there).ShouldBeTrue($"{record.Original} is not in the mirror's kernel");
            there.ShouldBe(record);
            if (sender.HearsHelpers) kernel.Helped(record.Original).ShouldBe(view.Helped);
        }
    }

    private HelperState? Helped(in FlowKey key) => Table.TryGet(key, out var view) ? view.Helped : null;

    /// <summary>Lets everything run until nothing is left to do; then the mirror has exactly what the active has.</summary>
    public void Settle()
    {
        Run();
        ShouldBeEqual();
        copy.Count.ShouldBe(kernel.Entries.Count);
    }

    /// <summary>Goes on until a digest finds both tables equal, within two periods.</summary>
    public void Reconcile()
    {
        Run();
        var (until, before) = (Now + 2 * limits.ReconcilePeriod + TimeSpan.FromSeconds(1), Agreements);
        while (Agreements == before)
        {
            Now.ShouldBeLessThan(until, $"it is not reconciled: {copy.Repairs}, {sender.RepairCount} repairs");
            Step();
        }

        Run();
        ShouldBeEqual();
    }

    private void Run()
    {
        kernel.Refuses.Clear();
        if (sender.Link != LinkState.Established || sender.IsSilent(Now)) Connect();
        for (var round = 0; !IsSettled; round++)
        {
            round.ShouldBeLessThan(5_000, $"it does not come to rest: {sender.Copy}, {Table.Counts}");
            Step();
            if (round % 20 == 0) Reoffer();
        }
    }

    /// <summary>Each part does one thing.</summary>
    public void Step()
    {
        if (receiver.Stream != sender.Stream || sender.Link != LinkState.Established) Connect();
        Now += TimeSpan.FromMilliseconds(10);
        SenderStep();
        ActiveMail();
        MirrorReceives();
        MirrorApplies();
        MirrorSends();
        ActiveReceives();
    }

    private void ShouldBeEqual()
    {
        var mirrored = Records().Where(r => Table.TryGet(r.Original, out var view) && view.Protection != Protection.Unmirrored);
        kernel.Entries.Values.ShouldBe(mirrored, ignoreOrder: true);
        foreach (var key in kernel.Entries.Keys) kernel.Helped(key).ShouldBe(sender.HearsHelpers ? Helped(key) : null);
        Table.Counts.Protected.ShouldBe(kernel.Entries.Count);
        copy.IsComplete.ShouldBeTrue();
        receiver.Copy.ShouldBe(CopyState.InSync);
        sender.IsApplied(Table.LastSequence).ShouldBe(Table.LastSequence == sender.Acknowledged);
    }

    private bool IsSettled => sender.Copy == CopyState.InSync && !sender.IsRepairing && sender.Outstanding == 0 && activeMail.Count == 0 && toActive.Count == 0
        && receiver.UnsentRetractions == 0 && Table.Counts is { Unsent: 0, Pending: 0, Retracted: 0 };

    private void Send(Queue<byte[]> to, int length)
    {
        if (to == toMirror) sender.Wrote(Now);
        to.Enqueue(frame[..length]);
    }
}
