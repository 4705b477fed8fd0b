using ActorMirror.Actors.Groups;
using ActorMirror.Actors.Runtime;
using ActorMirror.Actors.Tables;
using ActorMirror.DataPlane.FastL4;
using ActorMirror.DataPlane.Flows;
using ActorMirror.Domain.Devices;
using ActorMirror.Domain.MirrorProtocol;
using ActorMirror.Domain.TrafficGroups;
using ActorMirror.Kernel.Namespaces;
using ActorMirror.MirrorChannel;
using Microsoft.Extensions.Logging.Abstractions;

namespace ActorMirror.Kernel.Tests.DataPlane;

/// <summary>The table of a traffic group that is active here, and nowhere mirrored, fed by this namespace's events.</summary>
internal sealed class OwnTable : IFlowSink, ITableObserver, IMirrorNetwork, IAsyncDisposable
{
    private readonly NamespaceThread _thread = NamespaceThread.Enter(null);
    private readonly FlowListener _listener;
    private readonly ManualResetEventSlim _open = new(initialState: true);
    private readonly ActorCell<TableMessage> _table;
    private readonly TableContext _context;

    public OwnTable(BalancedNetwork network)
    {
        _listener = new FlowListener(_thread, this);
        _context = new TableContext
        {
            Group = "tg1",
            Number = network.Services.Groups["tg1"],
            Services = () => network.Services,
            OpenFlows = () =>
            {
                var flows = new KernelFlows(_thread, network.Services.Groups["tg1"]);
                _listener.Ignore(flows);
                return flows;
            },
            CloseFlows = flows => flows.Dispose(),
            OpenMaps = () => network.Services.Scopes.IsEmpty ? null : new PersistenceMaps(_thread),
            Restored = () => TestNetwork.Nft(Ruleset.Restored(network.Services)!),
            Network = this,
            Settings = new MirroringSettings(1029, 1029, 1000, 0, 100, TimeSpan.FromMinutes(1), PlainText: true),
            Observer = this,
            Time = TimeProvider.System,
            Log = NullLogger.Instance,
        };
        _table = new ActorCell<TableMessage>("table", self => new ConnectionTableActor(self, _context), NullLogger.Instance);
        _table.Tell(new TableMessage.Role(new TableRole.Active(new Epoch(1, 1), null)));
        _listener.Start();
    }

    public DeviceId Self { get; } = new(1);

    /// <summary>While set, events are lost.</summary>
    public bool IsDeaf { get; set; }

    public int Connections => _context.View.Inheritance.Held.Open;

    public void Tell(TableMessage message) => _table.Tell(message).ShouldBeTrue();

    /// <summary>Its actor dies at the next message of this type, and has a successor.</summary>
    public void KillAt(string message) => _table.KillAtNext(message).ShouldBeTrue();

    /// <summary>Events wait from now on: this device is slow.</summary>
    public void Pause() => _open.Reset();

    public void GoOn() => _open.Set();

    public void Overflow() => _table.Tell(new TableMessage.EventsLost());

    bool IFlowSink.Post(int trafficGroup, int channel, FlowBatch batch)
    {
        _open.Wait();
        if (!IsDeaf) return _table.TellData(new TableMessage.Events(batch));
        batch.Return();
        return true;
    }

    void IFlowSink.Lost(int trafficGroup, int channel) => Overflow();

    void IFlowSink.Broken(Exception reason) => throw reason;

    void ITableObserver.CopyChanged(Epoch epoch, DeviceId peer, bool complete, ulong incarnation) => throw new InvalidOperationException("there is no mirror");

    string IMirrorNetwork.Describe(DeviceId peer, int port) => throw new InvalidOperationException("there is no mirror");

    bool IMirrorNetwork.HasSecondary => false;

    ValueTask<MirrorConnection> IMirrorNetwork.ConnectAsync(DeviceId peer, int port, MirrorPath path, CancellationToken cancellation) => throw new InvalidOperationException("there is no mirror");

    IAsyncDisposable IMirrorNetwork.Listen(int port, Func<MirrorConnection, CancellationToken, Task> serve, Action<string> refused) => throw new InvalidOperationException("there is no mirror");

    public async ValueTask DisposeAsync()
    {
        GoOn();
        _listener.Dispose();
        await _table.DisposeAsync();
        _thread.Dispose();
        _open.Dispose();
    }
}
