using System.Collections.Immutable;
using ActorMirror.Domain.Addresses;
using ActorMirror.Domain.Connections;
using ActorMirror.Domain.Devices;
using ActorMirror.Domain.Pools;

namespace ActorMirror.Domain.VirtualServers;

/// <summary>A destination that clients connect to and the pool its connections are spread over (type fast-l4).</summary>
/// <param name="Vlans">The VLANs on which it accepts connections; empty means all.</param>
/// <param name="SnatAddresses">
/// What members see in place of the client's address: that of automap, resolved at validation, or those of a SNAT pool. Empty: the client itself, and
/// replies must come back through a floating self IP of the same traffic group.
/// </param>
/// <param name="IdleTimeout">After this long without a packet the kernel forgets a connection.</param>
public sealed record VirtualServer(
    string Name,
    Endpoint Destination,
    TransportProtocol Protocol,
    ImmutableArray<Vlan> Vlans,
    Pool Pool,
    bool Mirror,
    ImmutableArray<Address> SnatAddresses,
    string TrafficGroup,
    TimeSpan IdleTimeout) : Listener(Name, Mirror, TrafficGroup)
{
    public override string Key => Name;

    public override TimeSpan? IdleTimeoutOf(TransportProtocol protocol) => protocol == Protocol ? IdleTimeout : null;
}

/// <summary>A floating address that virtual servers listen on, or that SNATs translate to.</summary>
/// <param name="IcmpEcho">Whether the address answers pings.</param>
public sealed record VirtualAddress(Address Address, string TrafficGroup, Vlan Vlan, bool IcmpEcho);
