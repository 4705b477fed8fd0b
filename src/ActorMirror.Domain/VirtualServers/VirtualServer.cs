using System.Collections.Immutable;
using ActorMirror.Domain.Addresses;
using ActorMirror.Domain.Connections;
using ActorMirror.Domain.Devices;
using ActorMirror.Domain.Persistence;
using ActorMirror.Domain.Pools;

namespace ActorMirror.Domain.VirtualServers;

/// <summary>
/// A destination that clients connect to and the pool its connections are spread over (type fast-l4), or no pool: then they go where they are addressed
/// to (type forwarding). Of virtual servers whose networks contain an address the one with the longest prefix takes it, then one of its port before one of any.
/// </summary>
/// <param name="Protocol">Null: TCP and UDP, and with any port pings, which are not mirrored.</param>
/// <param name="Vlans">The VLANs on which it accepts connections; empty means all.</param>
/// <param name="Pool">Null: forwarding. With any port in the destination a member is reached at the port the client chose.</param>
/// <param name="AutomapByVlan"><paramref name="SnatAddresses"/> are the group's floating self IPs: that of the VLAN a packet leaves by is taken, another where there is none.</param>
/// <param name="SnatAddresses">
/// What members see in place of the client's address: that of automap, resolved at validation, or those of a SNAT pool. Empty: the client itself, and
/// replies must come back through a floating self IP of the same traffic group.
/// </param>
/// <param name="IdleTimeout">After this long without a packet the kernel forgets a connection.</param>
/// <param name="Profile">Of FTP only where there is a pool, one address and one port of TCP.</param>
/// <param name="Persistence">How a returning client finds its member; null: it does not. Only where there is a pool.</param>
public sealed record VirtualServer(
    string Name,
    Destination Destination,
    TransportProtocol? Protocol,
    ImmutableArray<Vlan> Vlans,
    Pool? Pool,
    MirrorChoice Mirror,
    bool AutomapByVlan,
    ImmutableArray<Address> SnatAddresses,
    string TrafficGroup,
    TimeSpan IdleTimeout,
    VirtualServerProfile Profile = VirtualServerProfile.None,
    PersistenceProfile? Persistence = null) : Listener(Name, Mirror, TrafficGroup)
{
    public override string Key => Name;

    /// <summary>It takes what passes through on its way elsewhere; others have an address of their own, a virtual address.</summary>
    public bool PassesThrough => Pool is null || !Destination.IsHost;

    public ImmutableArray<TransportProtocol> Protocols => Protocol is { } one ? [one] : [TransportProtocol.Tcp, TransportProtocol.Udp];

    public override TimeSpan? IdleTimeoutOf(TransportProtocol protocol) => Protocols.Contains(protocol) ? IdleTimeout : null;
}

/// <summary>What the kernel knows of the protocol above TCP or UDP.</summary>
public enum VirtualServerProfile
{
    None,

    /// <summary>Connections are FTP control connections; the data connections they announce are the virtual server's too.</summary>
    Ftp,
}

/// <summary>A floating address that virtual servers listen on, or that SNATs translate to.</summary>
/// <param name="IcmpEcho">Whether the address answers pings.</param>
public sealed record VirtualAddress(Address Address, string TrafficGroup, Vlan Vlan, bool IcmpEcho);
