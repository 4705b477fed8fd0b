using ActorMirror.Configuration.Reading;
using ActorMirror.Domain.Addresses;

namespace ActorMirror.Configuration.Validation;

/// <summary>Which address lies where: self IPs, virtual addresses, VLANs, and what stays outside the data plane.</summary>
internal static class AddressRules
{
    public static void Check(Topology topology, Problems problems)
    {
        foreach (var selfIp in topology.Config.SelfIps) SelfIp(selfIp, problems);
        foreach (var address in topology.Config.VirtualAddresses) Explicit(topology, address, problems);
        foreach (var server in topology.Config.VirtualServers) Destination(topology, server, problems);
        HostAddresses(topology, problems);
        OneHosts(topology.Config, problems);
        foreach (var pool in topology.Config.Pools) Balancing(pool, problems);
        foreach (var monitor in topology.Config.Monitors)
        {
            if (monitor is { Interval: { } interval, Timeout: { } timeout } && timeout.Value <= interval.Value)
                problems.Error(timeout.Origin, "the timeout is not longer than the interval: a member would be down between two probes", "set timeout to three intervals and a second");
        }
    }

    private static void SelfIp(SelfIpConfig selfIp, Problems problems)
    {
        if (selfIp is { TrafficGroup: not null, Device: not null })
            problems.Error(selfIp.Device.Origin, "a self IP either floats with a traffic group or belongs to a device", "leave out traffic-group or device");
        if (selfIp is { TrafficGroup: null, Device: null })
            problems.Error(selfIp.Origin, "it is not said whose the self IP is", "add traffic-group = NAME if it floats, device = NAME if it does not");

        // Of a subnet of two both are hosts' (RFC 3021, RFC 6164).
        if (selfIp.Address is not { } address || address.Value.Address.Bits - address.Value.Length < 2) return;
        var (ip, length) = address.Value;
        var hosts = (UInt128.One << (ip.Bits - length)) - 1;
        if (!ip.IsV4 && (ip.Value & hosts) == 0)
            problems.Error(address.Origin, $"{address.Value} is the subnet's anycast address, which every router there has", "choose an address above it");
        if (ip.IsV4 && ((ip.Value & hosts) == 0 || (ip.Value & hosts) == hosts))
            problems.Error(address.Origin, $"{address.Value} is the network's or the broadcast address of its subnet", "choose an address between the two");
    }

    /// <summary>Addresses of IPv6 that are not one host's in every place they are used.</summary>
    private static void OneHosts(GroupConfig config, Problems problems)
    {
        IEnumerable<Located<Address>?> addresses =
        [
            .. config.Devices.SelectMany(d => (Located<Address>?[])[d.Management, d.Mirror, .. d.ClusterLinks.Items]),
            .. config.SelfIps.Select(s => s.Address is { } a ? new Located<Address>(a.Value.Address, a.Origin) : null),
            .. config.VirtualAddresses.Select(v => v.Address),
            .. config.VirtualServers.Select(v => v.Address),
            .. config.Snats.Select(s => s.Translation is { Value.Address: { } a } t ? new Located<Address>(a, t.Origin) : null),
            .. config.SnatPools.SelectMany(p => p.Members.Items),
            .. config.Pools.SelectMany(p => p.Members).Select(m => m.Address is { } a ? new Located<Address>(a.Value.Address, a.Origin) : null),
        ];
        foreach (var address in addresses.OfType<Located<Address>>().Where(a => !a.Value.IsV4))
        {
            var ip = address.Value.ToIPAddress();
            var what = ip.IsIPv6LinkLocal ? "a link-local address, which means nothing without its link" : ip.IsIPv6Multicast ? "a multicast address" : null;
            if (what is not null) problems.Error(address.Origin, $"{address.Value} is {what}", "give a global or a unique local address");
        }
    }

    private static void Explicit(Topology topology, VirtualAddressConfig address, Problems problems)
    {
        if (address.Address is not { } located) return;
        if (address.Vlan is { } vlan) InSubnet(topology, located, located.Value, vlan.Value, problems);
        var isUsed = topology.Config.VirtualServers.Any(v => v.Address?.Value == located.Value)
            || topology.Translations.Any(t => topology.AddressesOf(t.Translation.Value).Contains(located.Value));
        if (!isUsed) problems.Warning(located.Origin, "no virtual server listens on this address, and no SNAT translates to it", "remove it, or correct the address");
    }

    private static void Destination(Topology topology, VirtualServerConfig server, Problems problems)
    {
        if (server is { Vlan: { } vlan, Vlans.Items.IsEmpty: false })
            problems.Error(vlan.Origin, "both vlan and vlans are given", "put all into vlans, or keep vlan only");
        if (server.Address is not { Value: var address } destination) return;

        var explicitAddress = topology.ExplicitAddress(address);
        if (topology.VlanOf(address) is null)
            problems.Error(destination.Origin, $"no self IP's subnet contains {address}, so its VLAN is not known", "add vlan = NAME");
        else if (server.AllVlans.Any() && explicitAddress?.Vlan is null && !server.AllVlans.Any(v => Fits(topology, address, v.Value)))
            InSubnet(topology, destination, address, server.AllVlans.First().Value, problems);

        // An unknown name is reported already; it would be reported again for each further virtual server of the address.
        var group = explicitAddress?.TrafficGroup?.Value
            ?? topology.Config.VirtualServers.First(v => v.Address?.Value == address).TrafficGroup?.Value;
        if (group is not null && topology.IsTrafficGroup(group) && server.TrafficGroup is { } own && own.Value != group)
            problems.Error(own.Origin, $"the address {address} belongs to traffic group '{group}' already: an address moves as a whole", $"set traffic-group = {group}, or use another address");
    }

    /// <summary>Whether the address may be on the VLAN, by the subnets that are known; nothing is said of a VLAN that does not exist.</summary>
    private static bool Fits(Topology topology, Address address, string vlan)
    {
        if (topology.Config.Vlans.All(v => v.Name != vlan)) return true;
        return topology.On(vlan).Any() ? topology.On(vlan).Any(s => s.Address!.Value.Contains(address)) : !topology.Around(address).Any();
    }

    private static void InSubnet<T>(Topology topology, Located<T> at, Address address, string vlan, Problems problems)
    {
        if (Fits(topology, address, vlan)) return;
        var there = topology.Around(address).FirstOrDefault()?.Vlan!.Value;
        problems.Error(
            at.Origin, $"{address} lies in no subnet of VLAN '{vlan}'",
            there is null ? $"choose an address of a self IP's subnet on '{vlan}', or add a self IP there" : $"use VLAN '{there}', whose subnet contains it, or another address");
    }

    /// <summary>An interface in the data plane's namespace takes its addresses along: corosync and the mirror channels would lose theirs.</summary>
    private static void HostAddresses(Topology topology, Problems problems)
    {
        if (topology.Config.Namespace is null or { Value: "host" }) return;
        foreach (var device in topology.Config.Devices)
        {
            foreach (var address in device.Addresses.DistinctBy(a => a.Value))
            {
                if (topology.Around(address.Value).FirstOrDefault() is not { } selfIp) continue;
                problems.Error(
                    address.Origin, $"{address.Value} lies on VLAN '{selfIp.Vlan!.Value}', which moves into the data plane's namespace because of self IP '{selfIp.Name}'; management, mirror and cluster links stay with the host",
                    $"use an address of another network, remove the self IP '{selfIp.Name}', or set data-plane.namespace = host");
            }
        }
    }

    private static void Balancing(PoolConfig pool, Problems problems)
    {
        if (pool.LoadBalancing?.Value != Domain.Pools.LoadBalancing.RoundRobin) return;
        if (pool.Members.Select(m => m.Ratio).FirstOrDefault(r => r is { Value: not 1 }) is { } ratio)
            problems.Warning(ratio.Origin, "the ratio does not count with load-balancing = round-robin", "set load-balancing = ratio");
    }
}
