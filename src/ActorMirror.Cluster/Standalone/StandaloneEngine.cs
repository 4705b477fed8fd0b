using System.Collections.Immutable;
using System.Threading.Channels;
using ActorMirror.Domain.Cluster;
using ActorMirror.Domain.Devices;

namespace ActorMirror.Cluster.Standalone;

/// <summary>
/// A cluster of one device: one quorate view of itself, then its own commands in the order they were sent. Nothing to install, nobody
/// to fail over to.
/// </summary>
public sealed class StandaloneEngine : IClusterEngine
{
    // Far more than a device group's control traffic; a reader this far behind is stuck, and TrySend says so.
    private const int Capacity = 1024;

    private readonly Channel<ClusterEvent> _events = Channel.CreateBounded<ClusterEvent>(
        new BoundedChannelOptions(Capacity) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });

    private readonly RingId _ring;
    private readonly TimeProvider _time;
    private readonly PeriodicTimer _heartbeat;
    private Task _beating = Task.CompletedTask;

    /// <param name="self">The device.</param>
    /// <param name="heartbeat">Interval of the heartbeats that renew the lease.</param>
    /// <param name="lastRing">
    /// The highest ring sequence the device has ever seen (its journal knows); the ring of this run is the next one, so that epochs grow
    /// over restarts and after a change from a real cluster to a standalone device.
    /// </param>
    /// <param name="time">The clock; its timestamps are what <see cref="IHeartbeatObserver.Heard"/> is told.</param>
    public StandaloneEngine(DeviceId self, TimeSpan heartbeat, ulong lastRing, TimeProvider time)
    {
        Self = self;
        _ring = new RingId((uint)self.Value, lastRing + 1);
        _time = time;
        _heartbeat = new PeriodicTimer(heartbeat, time);
    }

    public DeviceId Self { get; }

    public ChannelReader<ClusterEvent> Events => _events.Reader;

    public ClusterLinks Links => ClusterLinks.None;

    public Task StartAsync(IHeartbeatObserver heartbeats, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        var members = ImmutableArray.Create(Self);
        _events.Writer.TryWrite(new ClusterEvent.View(_ring, Quorate: true, members, Joined: members, Left: []));
        _beating = BeatAsync(heartbeats);
        return Task.CompletedTask;
    }

    public bool TrySend(RingId decidedIn, ReadOnlySpan<byte> command)
    {
        IClusterEngine.CheckSize(command);
        return decidedIn == _ring && _events.Writer.TryWrite(new ClusterEvent.Command(_ring, Self, command.ToArray()));
    }

    public async ValueTask DisposeAsync()
    {
        _heartbeat.Dispose();
        await _beating.ConfigureAwait(false);
        _events.Writer.TryComplete();
    }

    private async Task BeatAsync(IHeartbeatObserver heartbeats)
    {
        while (await _heartbeat.WaitForNextTickAsync().ConfigureAwait(false))
        {
            // A full channel means that nobody follows what is decided here: no heartbeat, the lease ends.
            if (_events.Reader.Count < Capacity && heartbeats.MaySend())
                heartbeats.Heard(Self, _time.GetTimestamp(), _ring, valid: true);
        }
    }
}
