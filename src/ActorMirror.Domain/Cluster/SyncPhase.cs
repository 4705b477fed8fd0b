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
    /// <param name="InRound">
    /// False after a re-entry until the own hello comes back: a round begins at the same place of the total order for all.
    /// </param>
    public sealed record Joining(bool InRound) : SyncPhase
    {
        /// <summary>Who needs the state, by its last hello in this round.</summary>
        public ImmutableSortedDictionary<DeviceId, ClusterCommand.Hello> Heard { get; init; } =
            ImmutableSortedDictionary<DeviceId, ClusterCommand.Hello>.Empty;

        /// <summary>Devices that hold a live state, as they have shown in this round, or that were elected: they will send it.</summary>
        public DeviceSet Live { get; init; }

        /// <summary>Members that are not waited for in this round.</summary>
        public DeviceSet Suspects { get; init; }

        /// <summary>The commands behind the own hello with their offset in the view, for the state that answers it; null before it came back.</summary>
        public ImmutableList<(ulong Offset, DeviceId Sender, ClusterCommand Command)>? Buffer { get; init; }

        /// <summary>The pieces of the state so far.</summary>
        public ImmutableList<ReadOnlyMemory<byte>> Pieces { get; init; } = [];
    }

    /// <summary>Applies every event at once.</summary>
    /// <param name="Before">Position before the current view: which of two live states is the newer one when parts of a cluster meet.</param>
    public sealed record Established(ClusterState State, Epoch Before) : SyncPhase;
}
