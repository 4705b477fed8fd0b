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

    /// <summary>What it can carry, to compare with others; see <see cref="DeviceLoad"/>.</summary>
    public int HaCapacity { get; init; } = DeviceLoad.DefaultCapacity;

    /// <summary>An operator took it out: it takes nothing and gives away what it has.</summary>
    public bool Offline { get; init; }

    /// <summary>When <see cref="Offline"/> was said last; <see cref="Epoch.None"/>: never.</summary>
    public Epoch OfflineAt { get; init; }

    /// <summary>By HA group, as it told them last.</summary>
    public ImmutableSortedDictionary<string, int> Scores { get; init; } = NoScores;

    /// <summary>Those that count, see <see cref="ScoreRule"/>.</summary>
    public ImmutableSortedDictionary<string, int> CountedScores { get; init; } = NoScores;

    internal static ImmutableSortedDictionary<string, int> NoScores { get; } = ImmutableSortedDictionary.Create<string, int>(StringComparer.Ordinal);
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

    /// <summary>When a device's scores changed last, while they do not count yet; else <see cref="Epoch.None"/>.</summary>
    public Epoch ScoresChanged { get; init; }

    /// <summary>What was said of devices' being offline, to be remembered.</summary>
    public ImmutableArray<OfflineWord> OfflineWords =>
        [.. Devices.Values.Where(d => d.OfflineAt != Epoch.None).Select(d => new OfflineWord(d.Id, d.Offline, d.OfflineAt))];

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
        && Devices.TryGetValue(previous, out var device) && device is { InView: true, Synced: false, Suspect: false, Offline: false }
        && IsConfigured(group, device) && IsHealthy(group, device);

    /// <summary>Where a group is to go back to when its time has come; null: it stays.</summary>
    public DeviceId? FailbackTarget(GroupState group) => FailbackRule.Target(group, CandidatesFor(group));

    /// <summary>
    /// The synced devices of a group's HA order whose configuration has the group, with no more channels than it has ports, and what speaks for each.
    /// </summary>
    internal List<Candidate> CandidatesFor(GroupState group)
    {
        var candidates = new List<Candidate>(group.HaOrder.Length);
        foreach (var id in group.HaOrder)
        {
            if (Devices.TryGetValue(id, out var device) && device.Synced && IsConfigured(group, device))
                candidates.Add(CandidateFor(group, device));
        }

        return candidates;
    }

    private static bool IsConfigured(GroupState group, DeviceState device) => device.Groups.Contains(group.Name) && device.Channels <= group.Channels;

    private static bool IsHealthy(GroupState group, DeviceState device) => !group.Vlans.Any(device.FailedVlans.Contains);

    private Candidate CandidateFor(GroupState group, DeviceState device)
    {
        var policy = group.Policy;
        var load = policy.Method == FailoverMethod.LoadAware ? DeviceLoad.Of(this, device.Id, except: group.Name) : default;
        return new Candidate(
            device.Id,
            IsHealthy(group, device),
            device.Offline,
            policy.Method == FailoverMethod.HaGroup && device.CountedScores.TryGetValue(policy.HaGroup, out var score) ? score : null,
            load with { Factors = load.Factors + policy.LoadFactor });
    }
}
