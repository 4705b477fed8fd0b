using System.Collections.Immutable;
using ActorMirror.Domain.Addresses;
using ActorMirror.Domain.Connections;
using ActorMirror.Domain.Devices;

namespace ActorMirror.Domain.VirtualServers;

/// <summary>
/// Connections that servers open outwards through the active device, of TCP and UDP, and their pings: their source becomes an address of the
/// traffic group (BIG-IP: a SNAT object). Those to a virtual server are that one's.
/// </summary>
/// <param name="Origins">Where the connections come from; of SNATs whose origins contain an address the one with the longest prefix takes it.</param>
/// <param name="Vlans">The VLANs on which the origins' packets come in; empty means all.</param>
/// <param name="Translations">What the other end sees, of each family of the origins at least one; each origin keeps to one of them.</param>
/// <param name="Automap"><paramref name="Translations"/> are the group's floating self IPs: that of the VLAN a packet leaves by is taken, another where there is none.</param>
/// <param name="IdleTimeout">Of TCP connections.</param>
/// <param name="UdpIdleTimeout">Of UDP flows.</param>
public sealed record Snat(
    string Name,
    ImmutableArray<Prefix> Origins,
    ImmutableArray<Vlan> Vlans,
    bool Automap,
    ImmutableArray<Address> Translations,
    MirrorChoice Mirror,
    string TrafficGroup,
    TimeSpan IdleTimeout,
    TimeSpan UdpIdleTimeout) : Listener(Name, Mirror, TrafficGroup)
{
    public override string Key => $"snat/{Name}";

    public override TimeSpan? IdleTimeoutOf(TransportProtocol protocol) => protocol == TransportProtocol.Tcp ? IdleTimeout : UdpIdleTimeout;
}
