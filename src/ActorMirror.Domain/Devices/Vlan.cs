using ActorMirror.Domain.Addresses;

namespace ActorMirror.Domain.Devices;

/// <summary>A segment, known by the interface that reaches it; the interface has the same name on every device.</summary>
/// <param name="InDataPlane">
/// Whether the interface belongs to the data-plane namespace: true when a virtual server, self IP or SNAT uses the VLAN. A VLAN
/// that carries only mirror or cluster-link addresses stays in the host's namespace, where corosync runs.
/// </param>
public sealed record Vlan(string Name, string Interface, bool InDataPlane);

/// <summary>
/// An address of the device itself on a VLAN. Floating when it belongs to a traffic group (it moves with the group; servers use
/// it as their gateway, SNAT automap as its source); otherwise it belongs to one device and never moves.
/// </summary>
/// <param name="TrafficGroup">Name of the traffic group of a floating self IP; null when it does not float.</param>
/// <param name="Device">The owner of a self IP that does not float; null when it floats.</param>
public sealed record SelfIp(string Name, Prefix Address, Vlan Vlan, string? TrafficGroup, DeviceId? Device)
{
    public bool IsFloating => TrafficGroup is not null;
}
