using System.Threading.Channels;
using ActorMirror.Domain.Cluster;
using ActorMirror.Domain.Devices;

namespace ActorMirror.Cluster;

/// <summary>
/// Membership and totally ordered commands: all the rest of the product knows of a cluster. Small enough that another engine
/// (Akka.Cluster, etcd) could stand behind it.
/// </summary>
public interface IClusterEngine : IAsyncDisposable
{
    DeviceId Self { get; }

    /// <summary>Views and commands in total order. Bounded: a reader that stalls makes the engine stop heartbeats, so the lease ends.</summary>
    ChannelReader<ClusterEvent> Events { get; }

    /// <summary>Joins the group; returns when the engine's thread runs. Views follow through <see cref="Events"/>.</summary>
    /// <exception cref="ClusterEngineException">The engine cannot be reached or refuses; the message says what to do.</exception>
    Task StartAsync(IHeartbeatObserver heartbeats, CancellationToken cancellation);

    /// <summary>
    /// Sends a command into the total order; safe from any thread. False: the engine cannot take it now (ring forming, flow control);
    /// the caller sends again, for example after the next view. A command that was accepted may still be dropped with its ring.
    /// </summary>
    bool TrySend(ReadOnlySpan<byte> command);
}

/// <summary>Told of every ordered heartbeat, on the engine's own thread: must not block and must not throw.</summary>
public interface IHeartbeatObserver
{
    /// <param name="device">Whose heartbeat it is; the own device's renews the lease.</param>
    /// <param name="sentAt">Stopwatch timestamp (CLOCK_MONOTONIC) when the sender sent it; only meaningful for the own device.</param>
    /// <param name="valid">Whether the view is quorate and TOTEM's ring equals QUORUM's.</param>
    void Heard(DeviceId device, long sentAt, RingId ring, bool valid);

    /// <summary>Asked before each own heartbeat: false keeps it back (the node is stuck or shutting down).</summary>
    bool MaySend();
}

/// <summary>The engine cannot work; the message says why and what to do.</summary>
public sealed class ClusterEngineException(string message, Exception? inner = null) : Exception(message, inner);
