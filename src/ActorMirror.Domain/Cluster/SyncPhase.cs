using System.Collections.Immutable;
using ActorMirror.Domain.Devices;
using ActorMirror.Domain.TrafficGroups;

namespace ActorMirror.Domain.Cluster;

/// <summary>How far a device is from taking part; see <see cref="ClusterReplica"/> for the picture.</summary>
public abstract record SyncPhase
{
    private SyncPhase()
    {
    }

    /// <summary>No view, or one without quorum.</summary>
    public sealed record Outside : SyncPhase;

    /// <summary>In a quorate view, without its state.</summary>
    public sealed record Joining : SyncPhase
    {
        /// <summary>The commands behind the own hello with their offset in the view, for the state that answers it; null before it came back.</summary>
        public ImmutableList<(ulong Offset, DeviceId Sender, ClusterCommand Command)>? Buffer { get; init; }

        /// <summary>Who sends <see cref="Pieces"/>.</summary>
        public DeviceId? From { get; init; }

        /// <summary>The pieces of the state so far.</summary>
        public ImmutableList<ReadOnlyMemory<byte>> Pieces { get; init; } = [];
    }

    /// <summary>Applies every event at once.</summary>
    /// <param name="Before">Position before the current view: which of two live states is the newer one when parts of a cluster meet.</param>
    public sealed record Established(ClusterState State, Epoch Before) : SyncPhase;
}
