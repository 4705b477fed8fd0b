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

    /// <summary>
    /// Views and commands in total order. Bounded, and nothing is dropped: while it is full the engine keeps its heartbeats back, so the
    /// lease of a device that cannot follow ends; a reader that stays stalled finds an <see cref="ClusterEvent.EngineLost"/>.
    /// Completed when the engine is disposed.
    /// </summary>
    ChannelReader<ClusterEvent> Events { get; }

    /// <summary>How the links to the other devices are, as last read; safe from any thread, never waits.</summary>
    ClusterLinks Links { get; }

    /// <summary>Joins the group; returns when the engine's thread runs. Views follow through <see cref="Events"/>.</summary>
    /// <exception cref="ClusterEngineException">The engine cannot be reached or refuses; the message says what to do.</exception>
    Task StartAsync(IHeartbeatObserver heartbeats, CancellationToken cancellation);

    /// <summary>
    /// Sends a command into the total order; safe from any thread. It is delivered to every member, the sender included, or, when the
    /// ring changes before it is ordered, to none: a sender that still wants it decides again in the next view.
    /// </summary>
    /// <param name="decidedIn">
    /// The ring of the last view the sender had read when it decided. A command decided in an older ring than the one it would be
    /// delivered in is dropped: its sender did not know who is there.
    /// </param>
    /// <param name="command">At most <see cref="MaximumCommandSize"/> bytes; copied.</param>
    /// <returns>False: not taken now, because another ring is current already or the engine's send queue is full.</returns>
    /// <exception cref="ArgumentException">The command is longer than <see cref="MaximumCommandSize"/>.</exception>
    bool TrySend(RingId decidedIn, ReadOnlySpan<byte> command);

    /// <summary>
    /// Longest command in bytes. corosync takes 1 MB at once, but a token holder that sends it keeps everybody else's heartbeats waiting:
    /// a state transfer goes in several commands.
    /// </summary>
    const int MaximumCommandSize = 256 * 1024;

    internal static void CheckSize(ReadOnlySpan<byte> command)
    {
        if (command.Length > MaximumCommandSize)
            throw new ArgumentException($"A cluster command is at most {MaximumCommandSize} bytes long; this one has {command.Length}.", nameof(command));
    }
}

/// <summary>Told of every ordered heartbeat, on the engine's own thread: must not block and must not throw.</summary>
public interface IHeartbeatObserver
{
    /// <param name="device">Whose heartbeat it is; the own device's renews the lease.</param>
    /// <param name="sentAt">Stopwatch timestamp (CLOCK_MONOTONIC) when the sender sent it; only meaningful for the own device.</param>
    /// <param name="valid">Whether the view is quorate and TOTEM's ring equals QUORUM's.</param>
    void Heard(DeviceId device, long sentAt, RingId ring, bool valid);

    /// <summary>
    /// Asked before each own heartbeat, perhaps more often: false keeps it back (the node is stuck or shutting down). Each time it is also the sign that the
    /// engine's thread runs.
    /// </summary>
    bool MaySend();
}

/// <summary>The engine cannot work; the message says why and what to do.</summary>
public sealed class ClusterEngineException(string message, Exception? inner = null) : Exception(message, inner);
