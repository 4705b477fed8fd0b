using System.Collections.Immutable;
using ActorMirror.Actors.Groups;
using ActorMirror.Actors.Runtime;
using ActorMirror.DataPlane.FastL4;
using ActorMirror.DataPlane.Flows;
using ActorMirror.Domain.Connections;
using ActorMirror.Domain.Devices;
using ActorMirror.Domain.MirrorProtocol;
using ActorMirror.MirrorChannel;
using Microsoft.Extensions.Logging;

namespace ActorMirror.Actors.Tables;

/// <summary>The network of mirror channels: where this device connects to and listens.</summary>
public interface IMirrorNetwork
{
    DeviceId Self { get; }

    /// <summary>Where a device listens, for people.</summary>
    string Describe(DeviceId peer, int port);

    /// <exception cref="System.Net.Sockets.SocketException">The peer cannot be reached.</exception>
    ValueTask<Stream> ConnectAsync(DeviceId peer, int port, CancellationToken cancellation);

    /// <summary>Listens on this device's mirror self IP and hands over each connection until disposed; keeps trying when the address is absent.</summary>
    IAsyncDisposable Listen(int port, Func<Stream, CancellationToken, Task> serve);
}

/// <summary>What the table of one traffic group works with, and what outlives its actor. Shared by every life of the actor.</summary>
public sealed class TableContext
{
    public required string Group { get; init; }

    public required int Number { get; init; }

    public required Func<ServiceTable> Services { get; init; }

    public required Func<KernelFlows> OpenFlows { get; init; }

    public required Action<KernelFlows> CloseFlows { get; init; }

    public required IMirrorNetwork Network { get; init; }

    public required MirroringSettings Settings { get; init; }

    public required ITableObserver Observer { get; set; }

    public required TimeProvider Time { get; init; }

    public required ILogger Log { get; init; }

    /// <summary>The role told last: where a successor begins.</summary>
    internal TableRole Wanted { get; set; } = new TableRole.Cold(Forget: false);

    /// <summary>For operators, from any thread.</summary>
    public TableView View { get; } = new();

    /// <summary>
    /// The next-active may enter its role milliseconds after the active: a second try is due at once, or every failover would leave the connections
    /// exposed for a second.
    /// </summary>
    internal MirrorLimits Limits => MirrorLimits.Default with { ResyncRate = Settings.ResyncRate, FirstPause = TimeSpan.FromMilliseconds(100) };
}

/// <summary>What a table shows of itself; written by its owner, read by anyone.</summary>
public sealed class TableView
{
    private readonly Lock guard = new();
    private ConnectionCounts mirrored;
    private int unmirrored;
    private int copies;
    private MirrorSender? sender;
    private MirrorReceiver? receiver;

    public (ConnectionCounts Mirrored, int Unmirrored, int Copies) Counts
    {
        get
        {
            lock (guard) return (mirrored, unmirrored, copies);
        }
    }

    public MirrorSenderStatus? Outgoing
    {
        get
        {
            lock (guard) return sender?.Status;
        }
    }

    public MirrorReceiverStatus? Incoming
    {
        get
        {
            lock (guard) return receiver?.Status;
        }
    }

    internal void Show(ConnectionCounts counts, int unmirroredCount, MirrorSender? outgoing)
    {
        lock (guard) (mirrored, unmirrored, copies, sender, receiver) = (counts, unmirroredCount, 0, outgoing, null);
    }

    internal void Show(int copyCount, MirrorReceiver? incoming)
    {
        lock (guard) (mirrored, unmirrored, copies, sender, receiver) = (default, 0, copyCount, null, incoming);
    }
}
