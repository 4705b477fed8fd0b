using System.Collections.Immutable;
using ActorMirror.Configuration.Reading;
using ActorMirror.Domain.Addresses;

namespace ActorMirror.Configuration.Validation;

/// <summary>Questions about a whole configuration that more than one rule asks. Answers leave out what is missing or invalid.</summary>
internal sealed class Topology(GroupConfig config)
{
    private readonly ImmutableArray<SelfIpConfig> _selfIps = [.. config.SelfIps.Where(s => s.Address is not null && s.Vlan is not null)];

    public GroupConfig Config { get; } = config;

    /// <summary>VLANs in the data plane's namespace: those with self IPs, and those that a virtual server, SNAT or virtual address names.</summary>
    public IEnumerable<string> DataPlaneVlans { get; } = config.SelfIps.Select(s => s.Vlan?.Value)
        .Concat(config.VirtualServers.SelectMany(v => v.AllVlans).Select(v => v.Value))
        .Concat(config.Snats.SelectMany(s => s.Vlans.Items).Select(v => v.Value))
        .Concat(config.VirtualAddresses.Select(v => v.Vlan?.Value))
        .OfType<string>()
        .ToHashSet();

    /// <summary>Self IPs on a VLAN, whosever they are.</summary>
    public IEnumerable<SelfIpConfig> On(string vlan) => _selfIps.Where(s => s.Vlan!.Value == vlan);

    /// <summary>Self IPs whose subnet contains the address.</summary>
    public IEnumerable<SelfIpConfig> Around(Address address) => _selfIps.Where(s => s.Address!.Value.Contains(address));

    public bool IsTrafficGroup(string name) => Config.TrafficGroups.Any(g => g.Name == name);

    public bool IsSelfIp(Address address) => _selfIps.Any(s => s.Address!.Value.Address == address);

    /// <summary>Self IPs that move with a traffic group, the lowest address first.</summary>
    public IEnumerable<SelfIpConfig> FloatingOf(string group) =>
        _selfIps.Where(s => s.TrafficGroup?.Value == group).OrderBy(s => s.Address!.Value.Address);

    /// <summary>What virtual servers and SNATs translate to, each with its traffic group.</summary>
    public IEnumerable<(Located<TranslationConfig> Translation, Located<string> Group)> Translations =>
        from pair in Config.VirtualServers.Select(v => (v.Snat, v.TrafficGroup)).Concat(Config.Snats.Select(s => (Snat: s.Translation, s.TrafficGroup)))
        where pair.Snat is not null && pair.TrafficGroup is not null
        select (pair.Snat, pair.TrafficGroup);

    /// <summary>The addresses a translation names, its own or its SNAT pool's; automap names none.</summary>
    public ImmutableArray<Address> AddressesOf(TranslationConfig translation) => translation switch
    {
        { Address: { } address } => [address],
        { Pool: { } pool } => [.. Config.SnatPools.FirstOrDefault(p => p.Name == pool)?.Members.Items.Select(m => m.Value) ?? []],
        _ => [],
    };

    public PoolConfig? PoolOf(VirtualServerConfig server) => Config.Pools.FirstOrDefault(p => p.Name == server.Pool?.Value);

    /// <summary>Addresses of the servers behind a virtual server, each once.</summary>
    public ImmutableArray<Address> MembersOf(VirtualServerConfig server) =>
        [.. PoolOf(server)?.Members.Select(m => m.Address?.Value.Address).OfType<Address>().Distinct() ?? []];

    /// <summary>A server behind a virtual server that is not of its destination's family; null: there is none.</summary>
    public Address? ForeignMember(VirtualServerConfig server) =>
        server.Destination is { Value.Address.IsV4: var isV4 } ? MembersOf(server).Where(m => m.IsV4 != isV4).Select(m => (Address?)m).FirstOrDefault() : null;

    /// <summary>The explicit entry for an address that virtual servers listen on, if there is one.</summary>
    public VirtualAddressConfig? ExplicitAddress(Address address) => Config.VirtualAddresses.FirstOrDefault(v => v.Address?.Value == address);

    /// <summary>The VLAN of a virtual address: as written there, else the one whose subnet contains it, else the first that a virtual server names.</summary>
    public string? VlanOf(Address address) =>
        ExplicitAddress(address)?.Vlan?.Value
        ?? Around(address).Select(s => s.Vlan!.Value).Order(StringComparer.Ordinal).FirstOrDefault()
        ?? Config.VirtualServers.Where(v => v.Address?.Value == address).SelectMany(v => v.AllVlans).FirstOrDefault()?.Value;

    /// <summary>VLANs from which clients come: those it names, else that of its address, if it has one.</summary>
    public IEnumerable<string> ClientVlans(VirtualServerConfig server)
    {
        if (server.AllVlans.Any()) return server.AllVlans.Select(v => v.Value);
        return server.Address is { } address && VlanOf(address.Value) is { } vlan ? [vlan] : [];
    }

    /// <summary>
    /// The source of SNAT automap: the floating self IP of the traffic group whose subnet contains all members; without mirroring
    /// also the device's own self IP there. The lowest address where there are several; null where there is none.
    /// </summary>
    public Address? Automap(VirtualServerConfig server, string? device)
    {
        var members = MembersOf(server);
        var near = _selfIps.Where(s => members.All(s.Address!.Value.Contains)).OrderBy(s => s.Address!.Value.Address).ToList();
        var source = near.Find(s => s.TrafficGroup is { } group && group.Value == server.TrafficGroup?.Value);
        if (source is null && server.Mirror is { Value.IsOn: false }) source = near.Find(s => s.Device is { } owner && owner.Value == device);
        return source?.Address!.Value.Address;
    }

    public IEnumerable<VirtualServerConfig> ServersWith(SnatMode mode) => Config.VirtualServers.Where(v => v.Snat?.Value.Mode == mode);
}
