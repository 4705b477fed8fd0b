using System.Collections.Immutable;
using ActorMirror.Actors.Groups;
using ActorMirror.Actors.Runtime;
using ActorMirror.DataPlane.FastL4;
using ActorMirror.DataPlane.Flows;
using ActorMirror.Domain.Connections;
using ActorMirror.Domain.Devices;
using ActorMirror.Domain.MirrorProtocol;
using ActorMirror.Domain.TrafficGroups;
using ActorMirror.MirrorChannel;
using Microsoft.Extensions.Logging;

namespace ActorMirror.Actors.Tables;

/// <summary>The network of mirror channels: where this device connects to and listens.</summary>
public interface IMirrorNetwork
{
    DeviceId Self { get; }

    /// <summary>Where a device listens, for people.</summary>
    string Describe(DeviceId peer, int port);

    /// <summary>Whether there is a path between secondary mirror self IPs.</summary>
    bool HasSecondary { get; }

    /// <exception cref="System.Net.Sockets.SocketException">The peer cannot be reached.</exception>
    /// <exception cref="MirrorRefusedException">It is not who it should be, or this device cannot say who it is.</exception>
    ValueTask<MirrorConnection> ConnectAsync(DeviceId peer, int port, MirrorPath path, CancellationToken cancellation);

    /// <summary>Listens on this device's mirror self IPs and hands over each connection until disposed; keeps trying when an address is absent.</summary>
    /// <param name="refused">Hears why a device was sent away, or that an address is absent.</param>
    IAsyncDisposable Listen(int port, Func<MirrorConnection, CancellationToken, Task> serve, Action<string> refused);
}

/// <summary>What the table of one channel of a traffic group works with, and what outlives its actor. Shared by every life of the actor.</summary>
public sealed class TableContext
{
    public required string Group { get; init; }

    public required int Number { get; init; }

    /// <summary>Which of the group's connections the table has.</summary>
    public ChannelShare Channel { get; init; } = ChannelShare.Whole;

    public required Func<ServiceTable> Services { get; init; }

    public required Func<KernelFlows> OpenFlows { get; init; }

    public required Action<KernelFlows> CloseFlows { get; init; }

    /// <summary>The maps of the group's persistence records; null: no virtual server of this table has persistence.</summary>
    public Func<PersistenceMaps?> OpenMaps { get; init; } = static () => null;

    /// <summary>Is told now and then that connections were put back into the kernel, and are not unknown any more.</summary>
    public required Action Restored { get; init; }

    public required IMirrorNetwork Network { get; init; }

    public required MirroringSettings Settings { get; init; }

    public required ITableObserver Observer { get; init; }

    public required TimeProvider Time { get; init; }

    public required ILogger Log { get; init; }

    internal int MaximumRecords => Services().Model.DataPlane.MaximumRecords;

    /// <summary>The clock of persistence records, from any fixed instant; it outlives roles.</summary>
    internal TimeSpan Clock => Time.GetElapsedTime(0);

    internal int MaximumConnections => Channel.Of(Settings.MaximumConnections);

    internal bool OnlyIdentical => Settings.PlatformPolicy == PlatformPolicy.Identical;

    /// <summary>The role told last: where a successor begins.</summary>
    internal TableRole Wanted { get; set; } = new TableRole.Cold(Forget: false);

    /// <summary>For operators, from any thread.</summary>
    public TableView View { get; } = new();

    /// <summary>
    /// The next-active may enter its role milliseconds after the active: a second try is due at once, or every failover would leave the connections
    /// exposed for a second. What a resync may take is for all channels of the group together.
    /// </summary>
    internal MirrorLimits Limits => MirrorLimits.Default with
    {
        ResyncRate = (Settings.ResyncRate + Channel.Channels - 1) / Channel.Channels,
        ResyncShare = Settings.ResyncCpu / 100.0 / Channel.Channels,
        ReconcilePeriod = Settings.ReconcilePeriod,
        FirstPause = TimeSpan.FromMilliseconds(100),
    };
}

/// <summary>What a table shows of itself; written by its owner, read by anyone. The counts are the tables' own and always of this moment.</summary>
public sealed class TableView
{
    private static readonly OpenTally Nothing = new();

    private volatile Shown shown = new(Nothing, Nothing, Nothing, null, null, null, null);

    /// <summary>Active: connections of virtual servers with mirroring.</summary>
    public OpenCounts Mirrored => shown.Mirrored.Total;

    /// <summary>Active: connections of virtual servers without.</summary>
    public OpenCounts Unmirrored => shown.Unmirrored.Total;

    /// <summary>Next-active: copies held for the active.</summary>
    public OpenCounts Copies => shown.Copies.Total;

    /// <summary>What this device goes on with when it becomes active.</summary>
    public Inheritance Inheritance
    {
        get
        {
            var now = shown;
            var own = now.Mirrored.Total.Open + now.Unmirrored.Total.Open;
            return now.Retracted is not null
                ? new Inheritance(new OpenCounts(own, own), null, WasActive: true)
                : new Inheritance(now.Copies.Total, now.Receiver?.Status.LastWord, WasActive: false);
        }
    }

    /// <summary>Active: why the open connections that are not protected would not outlive this device.</summary>
    public ExposureCounts Exposed => shown is { Exposed: { } exposed, Unmirrored: var others }
        ? exposed.Counts.With(Exposure.MirroringOff, others.Total.Open)
        : ExposureCounts.None;

    /// <summary>Active: what the mirror does not have though it was told of it; null on other devices.</summary>
    public RetractionTally? Retracted => shown.Retracted;

    /// <summary>Null: this device has no end of the channel now.</summary>
    public ChannelStatus? Channel => shown is { Sender: var sender, Receiver: var receiver } ? sender?.Status.Channel ?? receiver?.Status.Channel : null;

    public MirrorSenderStatus? Outgoing => shown.Sender?.Status;

    public MirrorReceiverStatus? Incoming => shown.Receiver?.Status;

    /// <summary>Connections of one member of one virtual server.</summary>
    public OpenCounts Of(FlowMark mark)
    {
        var now = shown;
        return now.Mirrored.Of(mark) + now.Unmirrored.Of(mark) + now.Copies.Of(mark);
    }

    internal void Show(ConnectionTable mirrored, ConnectionTable unmirrored, MirrorSender? outgoing) =>
        shown = new Shown(mirrored.Open, unmirrored.Open, Nothing, mirrored.Exposed, mirrored.Retracted, outgoing, null);

    internal void Show(OpenTally copies, MirrorReceiver incoming) => shown = new Shown(Nothing, Nothing, copies, null, null, null, incoming);

    internal void ShowNothing() => shown = new Shown(Nothing, Nothing, Nothing, null, null, null, null);

    private sealed record Shown(
        OpenTally Mirrored, OpenTally Unmirrored, OpenTally Copies, ExposureTally? Exposed, RetractionTally? Retracted, MirrorSender? Sender, MirrorReceiver? Receiver);
}
