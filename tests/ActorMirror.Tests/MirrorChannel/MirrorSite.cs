using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using ActorMirror.Domain.Addresses;
using ActorMirror.Domain.Devices;
using ActorMirror.Domain.MirrorProtocol;
using ActorMirror.MirrorChannel;
using ActorMirror.Node.Worker;
using ActorMirror.Tests.Trust;
using ActorMirror.Trust;
using Microsoft.Extensions.Logging.Abstractions;

namespace ActorMirror.Tests.MirrorChannel;

/// <summary>
/// Devices a, b and c of one group with their mirror self IPs on the loopback, the daemon's own network code between them: a mirrors to b.
/// </summary>
internal sealed class MirrorSite : IAsyncDisposable
{
    public static readonly MirrorLimits Quick = new()
    {
        FirstPause = TimeSpan.FromMilliseconds(5),
        LongestPause = TimeSpan.FromMilliseconds(50),
        KeepAlive = TimeSpan.FromMilliseconds(50),
        HeadStart = TimeSpan.FromMinutes(1), // the primary path is slow on a busy machine, not cut
        ProbePrimary = TimeSpan.FromMilliseconds(20),
        ReturnAfter = TimeSpan.FromMilliseconds(100),
    };

    private readonly Dictionary<string, DeviceTrust> trusts = [];
    private readonly HashSet<MirrorPath> cuts = [];
    private readonly List<CuttableStream> open = [];
    private IAsyncDisposable? listener;

    public MirrorSite() => Port = FreePort();

    public TrustFolder Folder { get; } = new(founded: TimeProvider.System.GetUtcNow().AddYears(-5));

    public int Port { get; }

    /// <summary>The wall clock of every device's trust.</summary>
    public MovedClock Clock { get; } = new();

    public ActiveEnd Active { get; private set; } = null!;

    public MirrorEnd Mirror { get; private set; } = null!;

    public DeviceTrust Trust(string device)
    {
        if (!trusts.TryGetValue(device, out var trust))
            trusts.Add(device, trust = new DeviceTrust(Model(device), Folder.State(device), Clock, NullLogger.Instance));
        return trust;
    }

    public MirrorNetwork Network(string device, bool plainText = false) =>
        new(Model(device, plainText), Trust(device), TimeProvider.System, NullLogger.Instance);

    /// <summary>Whether a connection over a path that is cut neither stands nor fails.</summary>
    public bool CutsSwallow { get; set; }

    /// <summary>The mirror listens and the active connects.</summary>
    public void Start(bool plainText = false, MirrorLimits? limits = null)
    {
        Mirror = new MirrorEnd(Quick, TimeProvider.System);
        listener = Network("b", plainText).Listen(Port, Mirror.Receiver.RunAsync, Mirror.Receiver.Refused);
        var network = Network("a", plainText);
        Active = new ActiveEnd(
            async (path, cancellation) =>
            {
                bool isCut;
                lock (cuts) isCut = cuts.Contains(path);
                if (isCut && CutsSwallow) await Task.Delay(Timeout.Infinite, cancellation);
                if (isCut) throw new SocketException((int)SocketError.HostUnreachable);
                var connection = await network.ConnectAsync(new DeviceId(2), Port, path, cancellation);
                var stream = new CuttableStream(connection.Stream, path);
                lock (cuts) open.Add(stream);
                return connection with { Stream = stream };
            },
            network.HasSecondary, limits ?? Quick, TimeProvider.System);
        Active.Sender.Start();
    }

    public void Cut(MirrorPath path)
    {
        lock (cuts)
        {
            cuts.Add(path);
            foreach (var stream in open.Where(s => s.Path == path)) stream.IsCut = true;
        }
    }

    public void Heal(MirrorPath path)
    {
        lock (cuts) cuts.Remove(path);
    }

    /// <summary>One connection of a device to b, as soon as b listens.</summary>
    public async Task<MirrorConnection> DialAsync(string device)
    {
        var network = Network(device);
        while (true)
        {
            try
            {
                return await network.ConnectAsync(new DeviceId(2), Port, MirrorPath.Primary, CancellationToken.None);
            }
            catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionRefused)
            {
                // The listener is on its way.
            }
        }
    }

    /// <summary>Any TCP client from the address of device a.</summary>
    public async Task<Socket> VisitAsync(string from = "127.30.0.1")
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Parse(from), 0));
        await socket.ConnectAsync(IPAddress.Parse("127.30.0.2"), Port);
        return socket;
    }

    /// <summary>All that comes until the other end closes.</summary>
    public static async Task<byte[]> ReadToEndAsync(Socket socket)
    {
        var read = new MemoryStream();
        var buffer = new byte[4096];
        try
        {
            while (await socket.ReceiveAsync(buffer) is > 0 and var count) read.Write(buffer, 0, count);
        }
        catch (SocketException)
        {
            // Reset: closed all the same.
        }

        return read.ToArray();
    }

    public async ValueTask DisposeAsync()
    {
        if (Active is not null) await Active.DisposeAsync();
        if (listener is not null) await listener.DisposeAsync();
        if (Mirror is not null) await Mirror.DisposeAsync();
        Folder.Dispose();
    }

    private static DeviceGroupModel Model(string self, bool plainText = false)
    {
        ImmutableArray<Device> devices =
        [
            .. new[] { "a", "b", "c" }.Select((name, i) => new Device(
                new DeviceId(i + 1), name, Address.Parse($"127.99.0.{i + 1}"), Address.Parse($"127.30.0.{i + 1}"), [], Address.Parse($"127.31.0.{i + 1}"))),
        ];
        return new DeviceGroupModel
        {
            GroupName = "dg1",
            Self = devices.Single(d => d.Name == self),
            Devices = devices,
            Vlans = [],
            SelfIps = [],
            TrafficGroups = [],
            VirtualAddresses = [],
            VirtualServers = [],
            Pools = [],
            Cluster = new ClusterSettings(ClusterEngineKind.Standalone, default, default, default, default, default, null, false, new FlapSettings(3, TimeSpan.FromMinutes(1))),
            DataPlane = new DataPlaneSettings(null, OnUnknown.Reset),
            Mirroring = new MirroringSettings(1029, 1155, 1000, 0, 100, TimeSpan.FromMinutes(1), plainText),
        };
    }

    private static int FreePort()
    {
        using var probe = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        probe.Bind(new IPEndPoint(IPAddress.Parse("127.30.0.2"), 0));
        return ((IPEndPoint)probe.LocalEndPoint!).Port;
    }

    /// <summary>A wall clock that can be set ahead.</summary>
    internal sealed class MovedClock : TimeProvider
    {
        public TimeSpan Ahead { get; set; }

        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + Ahead;
    }

    /// <summary>A connection whose path can be cut: then nothing arrives, and nothing says so.</summary>
    private sealed class CuttableStream(Stream inner, MirrorPath path) : MemoryStream
    {
        private readonly TaskCompletionSource never = new();

        public MirrorPath Path => path;

        public volatile bool IsCut;

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var read = await inner.ReadAsync(buffer, cancellationToken);
            if (IsCut) await never.Task.WaitAsync(cancellationToken);
            return read;
        }

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
            IsCut ? ValueTask.CompletedTask : inner.WriteAsync(buffer, cancellationToken);

        public override async ValueTask DisposeAsync()
        {
            await inner.DisposeAsync();
            await base.DisposeAsync();
        }
    }
}
