using System.Threading.Channels;
using ActorMirror.Domain.Cluster;
using ActorMirror.Domain.Devices;

namespace ActorMirror.Cluster.Simulated;

/// <summary>One worker's run in a <see cref="SimulatedCluster"/>; events are in <see cref="Events"/> when virtual time has passed.</summary>
public sealed class SimulatedEngine : IClusterEngine
{
    // Full means that the node keeps the rest back and sends no heartbeats; a few places are left for the word that the engine is lost.
    private const int Capacity = 1024;
    private const int Reserve = 8;

    private readonly SimulatedCluster _cluster;
    private readonly SimulatedNode _node;
    private readonly Channel<ClusterEvent> _events = Channel.CreateBounded<ClusterEvent>(
        new BoundedChannelOptions(Capacity) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });

    private IHeartbeatObserver? _heartbeats;

    internal SimulatedEngine(SimulatedCluster cluster, SimulatedNode node)
    {
        _cluster = cluster;
        _node = node;
        Self = node.Id;
    }

    public DeviceId Self { get; }

    public ChannelReader<ClusterEvent> Events => _events.Reader;

    public ClusterLinks Links => ClusterLinks.None;

    internal bool HasRoom => _events.Reader.Count < Capacity - Reserve;

    /// <summary>Whether its join has been delivered to it.</summary>
    internal bool HasJoined { get; set; }

    private bool IsAlive => _node.Worker == this;

    public Task StartAsync(IHeartbeatObserver heartbeats, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        if (_node.Worker is not null)
            throw new ClusterEngineException($"Device {Self} has a worker already.");
        _heartbeats = heartbeats;
        _node.Attach(this);
        if (_cluster.Timing.Heartbeat > TimeSpan.Zero)
            _cluster.Time.After(_cluster.Timing.Heartbeat, Beat);
        return Task.CompletedTask;
    }

    public bool TrySend(RingId decidedIn, ReadOnlySpan<byte> command)
    {
        IClusterEngine.CheckSize(command);
        if (!IsAlive || _node.Ring?.Id != decidedIn)
            return false;
        _node.Order(new RingEntry.Command(Self, command.ToArray()));
        return true;
    }

    public ValueTask DisposeAsync()
    {
        if (IsAlive)
            _node.Detach(LeaveReason.Left);
        _events.Writer.TryComplete();
        return ValueTask.CompletedTask;
    }

    internal void Tell(ClusterEvent next) => _events.Writer.TryWrite(next);

    internal void Hear(DeviceId device, long sentAt, RingId ring, bool valid) => _heartbeats?.Heard(device, sentAt, ring, valid);

    internal void Die() => _events.Writer.TryComplete();

    private void Beat()
    {
        if (!IsAlive)
            return;
        if (HasRoom && _heartbeats!.MaySend())
            _node.Order(new RingEntry.Heartbeat(Self, _cluster.Time.GetTimestamp()));
        _cluster.Time.After(_cluster.Timing.Heartbeat, Beat);
    }
}
