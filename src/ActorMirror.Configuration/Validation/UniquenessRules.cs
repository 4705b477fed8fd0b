using System.Collections.Immutable;
using ActorMirror.Configuration.Reading;
using ActorMirror.Domain.Addresses;
using ActorMirror.Domain.Connections;

namespace ActorMirror.Configuration.Validation;

/// <summary>What must exist once only: numbers, addresses, interfaces, destinations, elements of lists.</summary>
internal static class UniquenessRules
{
    public static void Check(Topology topology, Problems problems)
    {
        var config = topology.Config;
        Once(config.Devices.Select(d => (d.Id, d.Name)), "the id of device", "give each device an id of its own");
        Once(config.Vlans.Select(v => (v.Interface, v.Name)), "the interface of VLAN", "give each VLAN an interface of its own");
        Once(config.VirtualAddresses.Select(v => (v.Address, v.Name)), "the address of virtual address", "describe each address once");
        Destinations(config, problems);
        DeviceAddresses(config, problems);
        DataPlaneAddresses(topology, problems);

        Elements(config.Members.Items, "device-group.members");
        foreach (var device in config.Devices) Elements(device.ClusterLinks.Items, "cluster-links");
        foreach (var group in config.TrafficGroups) Elements(group.HaOrder.Items, "ha-order");
        foreach (var server in config.VirtualServers) Elements([.. server.AllVlans], "the virtual server's VLANs");
        foreach (var snat in config.Snats)
        {
            Elements(snat.Origins.Items, "origins");
            Elements(snat.Vlans.Items, "the SNAT's VLANs");
        }

        foreach (var pool in config.SnatPools) Elements(pool.Members.Items, "the SNAT pool's members");
        foreach (var pool in config.Pools) Elements([.. pool.Members.Select(m => m.Address).OfType<Located<Endpoint>>()], "the pool's members");

        void Once<T>(IEnumerable<(Located<T>? Value, string Owner)> items, string what, string remedy)
            where T : notnull
        {
            var first = new Dictionary<T, string>();
            foreach (var (value, owner) in items)
            {
                if (value is not null && !first.TryAdd(value.Value, owner))
                    problems.Error(value.Origin, $"{value.Value} is also {what} '{first[value.Value]}'", remedy);
            }
        }

        void Elements<T>(ImmutableArray<Located<T>> items, string list)
            where T : notnull
        {
            var seen = new HashSet<T>();
            foreach (var item in items)
            {
                if (!seen.Add(item.Value)) problems.Error(item.Origin, $"'{item.Value}' stands twice in {list}", "name it once");
            }
        }
    }

    private static void Destinations(GroupConfig config, Problems problems)
    {
        var first = new Dictionary<(Destination, TransportProtocol), string>();
        foreach (var server in config.VirtualServers)
        {
            if (server is not { Destination: { } destination, Protocol: { } protocol }) continue;
            TransportProtocol[] protocols = protocol.Value is { } one ? [one] : [TransportProtocol.Tcp, TransportProtocol.Udp];
            foreach (var key in protocols.Select(p => (destination.Value, p)))
            {
                if (first.TryAdd(key, server.Name)) continue;
                problems.Error(destination.Origin, $"the virtual server '{first[key]}' has the same destination and protocol", "give one of them another address or port");
                break;
            }
        }
    }

    /// <summary>A device may use one address for several purposes, but no two devices share one.</summary>
    private static void DeviceAddresses(GroupConfig config, Problems problems)
    {
        var owners = new Dictionary<Address, string>();
        foreach (var device in config.Devices)
        {
            foreach (var address in device.Addresses)
            {
                if (!owners.TryAdd(address.Value, device.Name) && owners[address.Value] != device.Name)
                    problems.Error(address.Origin, $"{address.Value} is also an address of device '{owners[address.Value]}'", "give each device addresses of its own");
            }
        }
    }

    /// <summary>Self IPs, virtual addresses, servers and the hosts' own addresses are all different ones.</summary>
    private static void DataPlaneAddresses(Topology topology, Problems problems)
    {
        var config = topology.Config;
        var taken = new Dictionary<Address, string>();
        foreach (var device in config.Devices)
        {
            foreach (var address in device.Addresses) taken.TryAdd(address.Value, $"an address of device '{device.Name}'");
        }

        var selfIps = new Dictionary<Address, SelfIpConfig>();
        foreach (var selfIp in config.SelfIps)
        {
            if (selfIp.Address is not { } address) continue;
            if (selfIps.TryGetValue(address.Value.Address, out var other)) Shared(topology, other, selfIp, problems);
            else if (selfIps.TryAdd(address.Value.Address, selfIp) && !taken.TryAdd(address.Value.Address, $"the self IP '{selfIp.Name}'"))
                problems.Error(address.Origin, $"{address.Value.Address} is also {taken[address.Value.Address]}", "choose an unused address");
        }

        var own = config.VirtualServers.Select(v => v.Address)
            .Concat(config.VirtualAddresses.Select(v => v.Address))
            .Concat(topology.Translations
                .SelectMany(t => topology.AddressesOf(t.Translation.Value).Select(a => new Located<Address>(a, t.Translation.Origin)))
                .Where(a => !selfIps.TryGetValue(a.Value, out var self) || self.TrafficGroup is null)) // a floating one may serve as translation address, too
            .OfType<Located<Address>>()
            .ToList();
        foreach (var address in own.Where(a => taken.ContainsKey(a.Value)))
            problems.Error(address.Origin, $"{address.Value} is also {taken[address.Value]}", "choose an unused address");

        foreach (var address in own) taken.TryAdd(address.Value, "a virtual address or one of a SNAT");
        foreach (var member in config.Pools.SelectMany(p => p.Members).Select(m => m.Address).OfType<Located<Endpoint>>())
        {
            if (taken.TryGetValue(member.Value.Address, out var owner))
                problems.Error(member.Origin, $"{member.Value.Address} is also {owner}: a pool member is a server of its own", "give the server's address");
        }
    }

    private static void Shared(Topology topology, SelfIpConfig first, SelfIpConfig second, Problems problems)
    {
        var address = second.Address!;
        var groups = new[] { first.TrafficGroup?.Value, second.TrafficGroup?.Value };
        var isSnat = groups[0] != groups[1] && groups.All(g => g is not null)
            && topology.Translations.Any(t => t.Translation.Value.Mode == SnatMode.Automap && groups.Contains(t.Group.Value));
        if (isSnat)
        {
            problems.Error(
                address.Origin, $"the traffic groups '{groups[0]}' and '{groups[1]}' share the SNAT address {address.Value.Address}: replies can reach only one of their devices",
                "give each traffic group a floating self IP of its own on the VLAN");
        }
        else
        {
            problems.Error(address.Origin, $"{address.Value.Address} is also the self IP '{first.Name}'", "choose an unused address");
        }
    }
}
