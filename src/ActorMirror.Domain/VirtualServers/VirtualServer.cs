using System.Collections.Immutable;
using ActorMirror.Domain.Addresses;
using ActorMirror.Domain.Connections;
using ActorMirror.Domain.Devices;
using ActorMirror.Domain.Pools;

namespace ActorMirror.Domain.VirtualServers;

/// <summary>How a virtual server treats the source address towards its members.</summary>
public enum SnatMode
{
    /// <summary>The client's address is kept; replies must come back through a floating self IP of the same traffic group.</summary>
    None,

    /// <summary>Translated to the traffic group's floating self IP on the egress VLAN.</summary>
    Automap,
}

/// <summary>A destination that clients connect to and the pool its connections are spread over (type fast-l4).</summary>
/// <param name="Vlans">The VLANs on which it accepts connections; empty means all.</param>
/// <param name="SnatAddress">The translation address of <see cref="SnatMode.Automap"/>, resolved at validation; null otherwise.</param>
/// <param name="IdleTimeout">After this long without a packet the kernel forgets a connection.</param>
public sealed record VirtualServer(
    string Name,
    Endpoint Destination,
    TransportProtocol Protocol,
    ImmutableArray<Vlan> Vlans,
    Pool Pool,
    bool Mirror,
    SnatMode Snat,
    Address? SnatAddress,
    string TrafficGroup,
    TimeSpan IdleTimeout);

/// <summary>A floating address that virtual servers listen on.</summary>
/// <param name="IcmpEcho">Whether the address answers pings.</param>
public sealed record VirtualAddress(Address Address, string TrafficGroup, Vlan Vlan, bool IcmpEcho);
