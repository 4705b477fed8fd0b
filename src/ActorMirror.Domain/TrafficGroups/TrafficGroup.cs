using System.Collections.Immutable;
using ActorMirror.Domain.Devices;

namespace ActorMirror.Domain.TrafficGroups;

/// <summary>A set of floating addresses, virtual servers and SNATs that is active on one device at a time and moves as one.</summary>
/// <param name="HaOrder">Which device is preferred, first to last; devices that are not named are never active for the group.</param>
public sealed record TrafficGroup(string Name, ImmutableArray<DeviceId> HaOrder)
{
    public FailoverPolicy Policy { get; init; } = FailoverPolicy.Default;
}
