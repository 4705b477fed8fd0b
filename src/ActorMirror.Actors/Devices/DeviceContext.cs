using System.Collections.Immutable;
using ActorMirror.Actors.Groups;
using ActorMirror.Actors.Leases;
using ActorMirror.Actors.Runtime;
using ActorMirror.Cluster;
using ActorMirror.Domain.Cluster;
using ActorMirror.Domain.Devices;
using Microsoft.Extensions.Logging;

namespace ActorMirror.Actors.Devices;

/// <summary>The rest of this device, as its actor uses it.</summary>
public interface IDeviceEnvironment
{
    /// <summary>
    /// Numbers are agreed on: makes the ruleset and the actors of the traffic groups. State before address: returns when the kernel has it. Never twice
    /// at once, on any thread.
    /// </summary>
    void Load(ClusterState state);

    /// <summary>Null before <see cref="Load"/>.</summary>
    IActorRef<GroupMessage>? Group(string name);

    IEnumerable<IActorRef<GroupMessage>> Groups { get; }

    /// <summary>Whether any other device could take over.</summary>
    void AloneChanged(bool alone);

    void Decided(ClusterNotice notice);

    /// <summary>Whose certificates are trusted no more; whole, and never smaller than before. Must not block.</summary>
    void RevokedChanged(ImmutableSortedSet<string> serials);

    /// <summary>Which devices an operator took out or released; whole. Must not block.</summary>
    void OfflineChanged(ImmutableArray<OfflineWord> words);

    /// <summary>Twice a second: the actors work.</summary>
    void SignOfLife();
}

/// <summary>What the actor of the device works with; holds what outlives it.</summary>
public sealed class DeviceContext
{
    public required DeviceGroupModel Model { get; init; }

    public required IClusterEngine Engine { get; init; }

    public required LeaseKeeper Lease { get; init; }

    public required IDeviceEnvironment Environment { get; init; }

    public required TimeProvider Time { get; init; }

    public required ILogger Log { get; init; }

    /// <summary>
    /// This device's copy of the replicated state. It outlives its actor: a successor goes on where the failed one was, so that no event of the
    /// total order is lost or applied twice.
    /// </summary>
    public required ClusterReplica Replica { get; set; }

    /// <summary>The event <see cref="Replica"/> was last given: delivered again after a failure, it is not applied again.</summary>
    internal ClusterEvent? Applied { get; set; }

    /// <summary>What is on its way into the total order, and what stays true: neither ends with the actor.</summary>
    internal Outbox Outbox => field ??= new Outbox(Engine, () => Replica.View?.Ring);

    /// <summary>What is still to be done for the events so far, and the ring it belongs to; it leaves the queue when it is done.</summary>
    internal Queue<(RingId? Ring, ReplicaEffect Effect)> Unfinished { get; } = new();

    internal RulesetLoad Ruleset => field ??= new RulesetLoad(Environment, Log);

    /// <summary>Since when moves are known: a successor of the actor does not count their time anew.</summary>
    internal FlapWatch Flaps => field ??= new FlapWatch(Time, Model.Cluster.Flap.Within);

    internal FailbackWatch Failbacks => field ??= new FailbackWatch(Time);

    internal ScoreWatch Scores => field ??= new ScoreWatch(Time, Model.Cluster.ScoreDamping);

    /// <summary>The last time this device lost its roles; null: never since it started. A new object each time, read by any thread.</summary>
    public RolesDropped? LastDrop { get; internal set; }

    /// <summary>Whether this device takes part and may have roles.</summary>
    public bool IsIn => Replica is { Phase: SyncPhase.Established, IsWaiting: false };
}

/// <summary>All roles were given up at once.</summary>
public sealed record RolesDropped(string Reason);
