using ActorMirror.Domain.TrafficGroups;

namespace ActorMirror.Domain.Cluster;

/// <summary>What a <see cref="ClusterReplica"/> wants done on this device, in this order.</summary>
public abstract record ReplicaEffect
{
    private ReplicaEffect()
    {
    }

    /// <summary>Send the command into the total order; when the engine cannot take it, again until the next view.</summary>
    public sealed record Send(ClusterCommand Command) : ReplicaEffect;

    /// <summary>The part to play for a traffic group has changed.</summary>
    public sealed record SetRole(string Group, LocalRole Role) : ReplicaEffect;

    /// <summary>Give up every role at once: close the gates, remove the addresses, keep the connections' entries.</summary>
    public sealed record DropRoles(string Reason) : ReplicaEffect;

    /// <summary>The device holds the group's state: roles follow as soon as they are decided.</summary>
    public sealed record Entered(ClusterState State) : ReplicaEffect;

    /// <summary>Something was decided for the whole group, or refused.</summary>
    public sealed record Tell(ClusterNotice Notice) : ReplicaEffect;
}
