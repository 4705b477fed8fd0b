using System.Net.Sockets;
using ActorMirror.Actors.Groups;
using ActorMirror.Actors.Runtime;
using ActorMirror.Actors.Tables;
using ActorMirror.DataPlane.FastL4;
using ActorMirror.DataPlane.Flows;
using ActorMirror.Domain.Connections;
using ActorMirror.Domain.Devices;
using ActorMirror.Domain.MirrorProtocol;
using ActorMirror.Domain.TrafficGroups;
using ActorMirror.Kernel.Namespaces;
using ActorMirror.MirrorChannel;
using Microsoft.Extensions.Logging.Abstractions;

namespace ActorMirror.Kernel.Tests.DataPlane;

/// <summary>The tables of a traffic group on two devices: active in this namespace, mirrored in another, with a channel between them.</summary>
internal sealed class TablePair : IAsyncDisposable
{
    private readonly End _mirror;
    private readonly End _active;

    public TablePair(ServiceTable services, string mirrorNamespace, TimeSpan reconcilePeriod, int channels = 1, int? mirrorChannels = null)
    {
        var path = Path.Combine(Path.GetTempPath(), $"am-pair-{Environment.ProcessId}");
        _mirror = new End(services, mirrorNamespace, new DeviceId(2), path, reconcilePeriod, mirrorChannels ?? channels);
        _active = new End(services, null, new DeviceId(1), path, reconcilePeriod, channels);
        _mirror.Tell(new TableMessage.Role(MirrorRole));
        _active.Tell(new TableMessage.Role(new TableRole.Active(Epoch, new MirrorPeer(new DeviceId(2), 1029))));
    }

    public static Epoch Epoch { get; } = new(1, 1);

    public static TableRole MirrorRole { get; } = new TableRole.Mirror(Epoch, new DeviceId(1), 1029);

    /// <summary>Of the first channel.</summary>
    public TableView Active => _active.Connections.Channels[0];

    /// <summary>Of the first channel.</summary>
    public TableView Mirror => _mirror.Connections.Channels[0];

    public GroupConnections WholeActive => _active.Connections;

    public GroupConnections WholeMirror => _mirror.Connections;

    public void TellActive(TableMessage message) => _active.Tell(message);

    public void TellMirror(TableMessage message) => _mirror.Tell(message);

    /// <summary>Null, or why nothing is sent again.</summary>
    public Task<string?> ResyncAsync()
    {
        var done = new TaskCompletionSource<string?>(TaskCreationOptions.RunContinuationsAsynchronously);
        _active.Tell(new TableMessage.Resync(done.SetResult));
        return done.Task;
    }

    /// <summary>The mirror becomes active, and what was goes.</summary>
    public async Task TakeOverAsync()
    {
        await _active.DisposeAsync();
        _mirror.Tell(new TableMessage.Role(new TableRole.Active(new Epoch(1, 2), null)));
    }

    public async ValueTask DisposeAsync()
    {
        await _active.DisposeAsync();
        await _mirror.DisposeAsync();
    }

    private sealed class End : IFlowSink, ITableObserver, IMirrorNetwork, IAsyncDisposable
    {
        private readonly NamespaceThread _thread;
        private readonly FlowListener _listener;
        private readonly List<ActorCell<TableMessage>> _cells;
        private readonly ChannelTables _tables;
        private readonly string _path;
        private bool _isDisposed;

        public End(ServiceTable services, string? name, DeviceId self, string path, TimeSpan reconcilePeriod, int channels)
        {
            (_thread, _path, Self) = (NamespaceThread.Enter(name), path, self);
            _listener = new FlowListener(_thread, this, channels, control => services.FtpGroupOf(control));
            List<TableContext> contexts = [.. ChannelShare.All(channels).Select(share => new TableContext
            {
                Group = "tg1",
                Number = services.Groups["tg1"],
                Channel = share,
                Services = () => services,
                OpenFlows = () =>
                {
                    var flows = new KernelFlows(_thread, services.Groups["tg1"], share);
                    _listener.Ignore(flows);
                    return flows;
                },
                CloseFlows = flows => flows.Dispose(),
                OpenMaps = () => services.Scopes.IsEmpty ? null : new PersistenceMaps(_thread),
                Restored = () => { },
                Network = this,
                Settings = new MirroringSettings(1029, 1029, 1000, 0, 100, reconcilePeriod, PlainText: true),
                Observer = this,
                Time = TimeProvider.System,
                Log = NullLogger.Instance,
            })];
            Connections = new GroupConnections([.. contexts.Select(c => c.View)]);
            _cells = [.. contexts.Select(c => new ActorCell<TableMessage>("table", reference => new ConnectionTableActor(reference, c), NullLogger.Instance))];
            _tables = new ChannelTables([.. _cells]);
            _listener.Start();
        }

        public DeviceId Self { get; }

        public GroupConnections Connections { get; }

        bool IMirrorNetwork.HasSecondary => false;

        public void Tell(TableMessage message) => _tables.Tell(message).ShouldBeTrue();

        bool IFlowSink.Post(int trafficGroup, int channel, FlowBatch batch) => _tables[channel].TellData(new TableMessage.Events(batch));

        void IFlowSink.Lost(int trafficGroup, int channel) => _tables.Tell(new TableMessage.EventsLost());

        void IFlowSink.Broken(Exception reason) => throw reason;

        void ITableObserver.CopyChanged(Epoch epoch, DeviceId peer, bool complete, ulong incarnation)
        {
            // Nobody decides by it here.
        }

        string IMirrorNetwork.Describe(DeviceId peer, int port) => PathOf(port);

        async ValueTask<MirrorConnection> IMirrorNetwork.ConnectAsync(DeviceId peer, int port, MirrorPath path, CancellationToken cancellation)
        {
            var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(PathOf(port)), cancellation);
            return new MirrorConnection(new NetworkStream(socket, ownsSocket: true), path, null);
        }

        IAsyncDisposable IMirrorNetwork.Listen(int port, Func<MirrorConnection, CancellationToken, Task> serve, Action<string> refused) => new Door(PathOf(port), serve);

        public async ValueTask DisposeAsync()
        {
            if (_isDisposed) return;
            _isDisposed = true;
            _listener.Dispose();
            foreach (var cell in _cells) await cell.DisposeAsync();
            _thread.Dispose();
        }

        private string PathOf(int port) => $"{_path}-{port}.sock";
    }

    private sealed class Door : IAsyncDisposable
    {
        private readonly Socket _socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        private readonly CancellationTokenSource _stopping = new();
        private readonly string _path;
        private readonly Task _serving;

        public Door(string path, Func<MirrorConnection, CancellationToken, Task> serve)
        {
            _path = path;
            _socket.Bind(new UnixDomainSocketEndPoint(path));
            _socket.Listen();
            _serving = ServeAsync(serve);
        }

        public async ValueTask DisposeAsync()
        {
            await _stopping.CancelAsync();
            await _serving.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            _socket.Dispose();
            _stopping.Dispose();
            File.Delete(_path);
        }

        private async Task ServeAsync(Func<MirrorConnection, CancellationToken, Task> serve)
        {
            while (true)
            {
                var socket = await _socket.AcceptAsync(_stopping.Token);
                _ = serve(new MirrorConnection(new NetworkStream(socket, ownsSocket: true), MirrorPath.Primary, null), _stopping.Token);
            }
        }
    }
}
