using ActorMirror.Domain.Devices;

namespace ActorMirror.Domain.TrafficGroups;

/// <summary>A device that could be active for a traffic group: a synced one of its HA order whose configuration has the group.</summary>
/// <param name="Healthy">It has every VLAN of the group.</param>
/// <param name="Offline">An operator took it out: it takes nothing, and gives away what it has.</param>
/// <param name="Score">Of the group's HA group, as it counts; null: none.</param>
/// <param name="Load">With this group on it; only looked at by load-aware placement.</param>
public readonly record struct Candidate(DeviceId Device, bool Healthy, bool Offline = false, int? Score = null, DeviceLoad Load = default);

/// <summary>What decides between two candidates, each only where those before it do not.</summary>
public enum Criterion
{
    /// <summary>There is no other.</summary>
    Only,

    /// <summary>All VLANs of the group.</summary>
    Health,

    /// <summary>The target of a handover under way.</summary>
    Handover,

    /// <summary>The group is to go back to it.</summary>
    Failback,

    /// <summary>The higher score of the HA group.</summary>
    Score,

    /// <summary>The lower load.</summary>
    Load,

    /// <summary>It holds the copy.</summary>
    Copy,

    HaOrder,
}
