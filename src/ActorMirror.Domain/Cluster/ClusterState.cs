using System.Collections.Immutable;
using ActorMirror.Domain.Devices;
using ActorMirror.Domain.TrafficGroups;
using ActorMirror.Domain.Trust;

namespace ActorMirror.Domain.Cluster;

/// <summary>A device in the replicated state.</summary>
public sealed record DeviceState
{
    public required DeviceId Id { get; init; }

    /// <summary>Its worker is in the view.</summary>
    public bool InView { get; init; }

    /// <summary>Of the worker that said hello last; 0 before the first.</summary>
    public ulong Incarnation { get; init; }

    /// <summary>Of its last hello that needed the state.</summary>
    public ulong Nonce { get; init; }

    /// <summary>It holds this state and takes part in it.</summary>
    public bool Synced { get; init; }

    /// <summary>It was silent beyond its lease and has not said hello with a new incarnation.</summary>
    public bool Suspect { get; init; }

    public ulong ConfigurationDigest { get; init; }

    /// <summary>Names of the traffic groups its configuration has.</summary>
    public ImmutableArray<string> Groups { get; init; } = [];

    public ImmutableArray<string> FailedVlans { get; init; } = [];

    /// <summary>How many mirror channels its configuration gives each traffic group.</summary>
    public int Channels { get; init; } = 1;
}

/// <summary>
/// What every device of the group knows alike: who is in, what is numbered how, where each traffic group lives. It changes only
/// through <see cref="ClusterReducer"/>, by events in total order; equal events make equal states, byte for byte in <see cref="StateCodec"/>.
/// </summary>
public sealed record ClusterState
{
    public static readonly ClusterState Empty = new();

    /// <summary>
    /// The place of the last applied event in the total order, and the source of epochs: (ring sequence, events since that ring formed).
    /// Grows with every event, also when a ring sequence does not, and is lifted above the highest epoch of every device's journal.
    /// </summary>
    public Epoch Position { get; init; }

    /// <summary>Every device had lost the quorum or started: nothing is placed until all members hold this state or are suspect.</summary>
    public bool Settling { get; init; }

    public ImmutableSortedDictionary<DeviceId, DeviceState> Devices { get; init; } = ImmutableSortedDictionary<DeviceId, DeviceState>.Empty;

    public ImmutableSortedDictionary<string, GroupState> Groups { get; init; } =
        ImmutableSortedDictionary.Create<string, GroupState>(StringComparer.Ordinal);

    /// <summary>Of SNATs too, keyed by <see cref="VirtualServers.Listener.Key"/>.</summary>
    public Numbering VirtualServers { get; init; } = Numbering.Empty;

    /// <summary>Keyed by <see cref="Declaration.MemberKey"/>.</summary>
    public Numbering PoolMembers { get; init; } = Numbering.Empty;

    /// <summary>Serial numbers of certificates that no device trusts any more, see <see cref="Revocation"/>.</summary>
    public ImmutableSortedSet<string> Revoked { get; init; } = Revocation.Nothing;

    public bool IsSynced(DeviceId device) => Devices.TryGetValue(device, out var state) && state.Synced;

    /// <summary>Who answers hellos with the state: the synced device with the lowest id.</summary>
    public DeviceId? Authority => Devices.Values.FirstOrDefault(d => d.Synced)?.Id;

    /// <summary>What a device has to do for a group; null: nothing is decided yet, or the device does not take part.</summary>
    public LocalRole? RoleOf(DeviceId device, string group) =>
        !Settling && IsSynced(device) && Groups.TryGetValue(group, out var state) ? state.RoleOf(device) : null;

    /// <summary>A group waits for this device, see <see cref="Placement"/>: until it is synced, leaves the view or is suspected.</summary>
    public bool IsAwaited(DeviceId device) => Groups.Values.Any(g => g.Previous == device && IsAwaited(g));

    /// <summary>The group's last active dropped its roles by itself, said so, and is getting the state.</summary>
    internal bool IsAwaited(GroupState group) =>
        group is { Active: null, Reason: MoveReason.Reentered, Previous: { } previous } && group.HaOrder.Contains(previous)
        && Devices.TryGetValue(previous, out var device) && device is { InView: true, Synced: false, Suspect: false }
        && device.Groups.Contains(group.Name) && device.Channels <= group.Channels && !group.Vlans.Any(device.FailedVlans.Contains);

    /// <summary>
    /// The synced devices of a group's HA order whose configuration has the group, with no more channels than it has ports, and whether they have all its VLANs.
    /// </summary>
    internal List<(DeviceId Device, bool Healthy)> CandidatesFor(GroupState group)
    {
        var candidates = new List<(DeviceId, bool)>(group.HaOrder.Length);
        foreach (var id in group.HaOrder)
        {
            if (Devices.TryGetValue(id, out var device) && device.Synced && device.Groups.Contains(group.Name) && device.Channels <= group.Channels)
            {
                candidates.Add((id, !group.Vlans.Any(device.FailedVlans.Contains)));
            }
        }

        return candidates;
    }
}
