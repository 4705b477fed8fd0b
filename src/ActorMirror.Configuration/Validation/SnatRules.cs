using ActorMirror.Configuration.Reading;
using ActorMirror.Domain.Addresses;

namespace ActorMirror.Configuration.Validation;

/// <summary>Translation addresses: that there is one of each family, whose it is, and that both the origins' packets and the replies reach its device.</summary>
internal static class SnatRules
{
    public static void Check(Topology topology, Problems problems)
    {
        foreach (var snat in topology.Config.Snats)
        {
            foreach (var origin in snat.Origins.Items.DistinctBy(o => o.Value.Address.IsV4)) OneFamily(topology, snat, origin.Value, problems);
            Gateway(topology, snat, problems);
        }

        foreach (var server in topology.ServersWith(SnatMode.Pool)) OneFamily(topology, server, problems);
        foreach (var server in topology.ServersWith(SnatMode.Automap).Where(s => s.IsForwarding is { Value: true }))
        {
            if (server is { Snat: { } snat, TrafficGroup: { } group, Destination.Value.Address.IsV4: var isV4 })
                Automap(topology, snat, group.Value, null, problems, isV4);
        }

        Origins(topology.Config, problems);
        Owners(topology, problems);
    }

    private static void OneFamily(Topology topology, SnatConfig snat, Prefix origin, Problems problems)
    {
        if (snat is not { Translation: { } translation, TrafficGroup: { } group }) return;
        if (translation.Value.Mode == SnatMode.Automap)
        {
            Automap(topology, translation, group.Value, origin, problems, origin.Address.IsV4);
            return;
        }

        var addresses = topology.AddressesOf(translation.Value);
        if (addresses.IsEmpty || addresses.Any(a => a.IsV4 == origin.Address.IsV4)) return;
        problems.Error(
            translation.Origin, $"the origin {origin} is {TrafficRules.Family(origin.Address)}, its translation is not: connections are not translated between the two",
            "make a SNAT for each family, or a SNAT pool of both");
    }

    /// <summary>By the VLAN of exit: the traffic group's floating self IPs, somewhere else than where the connections come from.</summary>
    private static void Automap(Topology topology, Located<TranslationConfig> translation, string group, Prefix? origin, Problems problems, bool isV4)
    {
        var family = isV4 ? "IPv4" : "IPv6";
        var sources = topology.FloatingOf(group).Where(s => s.Address!.Value.Address.IsV4 == isV4).ToList();
        var remedy = $"add a self IP with traffic-group = {group} on the VLAN that connections leave by";
        if (sources.Count == 0)
            problems.Error(translation.Origin, $"traffic group '{group}' has no floating {family} self IP, so automap has no source address", remedy);
        else if (origin is { } from && sources.TrueForAll(s => s.Address!.Value.Contains(from)))
            problems.Warning(translation.Origin, $"traffic group '{group}' has floating {family} self IPs in the subnet of {from} only: replies from elsewhere find back only by routes of the network", remedy);
    }

    private static void OneFamily(Topology topology, VirtualServerConfig server, Problems problems)
    {
        if (server is not { Destination.Value.Address: var destination, Snat: { } snat }) return;
        var addresses = topology.AddressesOf(snat.Value);
        if (addresses.IsEmpty || addresses.Any(a => a.IsV4 == destination.IsV4)) return;
        problems.Error(
            snat.Origin, $"the destination {destination} is {TrafficRules.Family(destination)}, no address of the SNAT pool is: connections are not translated between the two",
            "add an address of that family to the SNAT pool");
    }

    /// <summary>The origins' packets must come to the device that is active for the SNAT's traffic group.</summary>
    private static void Gateway(Topology topology, SnatConfig snat, Problems problems)
    {
        if (snat.TrafficGroup is not { } group || !topology.IsTrafficGroup(group.Value)) return;
        foreach (var origin in snat.Origins.Items)
        {
            var around = topology.Around(origin.Value.Address).Where(s => s.Address!.Value.Contains(origin.Value)).ToList();
            var gateways = around.Where(s => s.TrafficGroup is not null).ToList();
            if (around.Count == 0 || gateways.Exists(s => s.TrafficGroup!.Value == group.Value)) continue;
            if (gateways is [var other, ..])
            {
                problems.Error(
                    origin.Origin, $"the gateway of {origin.Value}, self IP '{other.Name}', belongs to traffic group '{other.TrafficGroup!.Value}': packets would reach the wrong device",
                    $"set traffic-group = {other.TrafficGroup.Value}, or add a floating self IP of '{group.Value}' and make it the gateway");
            }
            else
            {
                problems.Warning(
                    origin.Origin, $"traffic group '{group.Value}' has no floating self IP in the subnet of {origin.Value}: packets find the active device only by routes of the network",
                    $"add a self IP there with traffic-group = {group.Value} and make it the gateway");
            }
        }
    }

    private static void Origins(GroupConfig config, Problems problems)
    {
        var all = config.Snats.SelectMany(s => s.Origins.Items.Select(o => (Snat: s, Origin: o))).ToList();
        foreach (var (snat, origin) in all)
        {
            var former = all.TakeWhile(o => o.Snat != snat).FirstOrDefault(o => o.Origin.Value == origin.Value && ShareVlan(o.Snat, snat)).Snat;
            if (former is not null)
                problems.Error(origin.Origin, $"the SNAT '{former.Name}' has the same origin", "give each origin to one SNAT, or tell them apart by vlans");
        }

        static bool ShareVlan(SnatConfig one, SnatConfig other) =>
            one.Vlans.Items.IsEmpty || other.Vlans.Items.IsEmpty || one.Vlans.Items.Any(v => other.Vlans.Items.Any(w => w.Value == v.Value));
    }

    /// <summary>A translation address moves with one traffic group, whoever else has it.</summary>
    private static void Owners(Topology topology, Problems problems)
    {
        var config = topology.Config;
        var owners = new Dictionary<Address, string>();
        foreach (var address in config.VirtualAddresses) Own(address.Address?.Value, address.TrafficGroup);
        foreach (var self in config.SelfIps) Own(self.Address?.Value.Address, self.TrafficGroup);
        foreach (var server in config.VirtualServers) Own(server.Address?.Value, server.TrafficGroup);
        var unplaced = new HashSet<Address>();
        foreach (var (translation, group) in topology.Translations)
        {
            foreach (var address in topology.AddressesOf(translation.Value))
            {
                if (topology.VlanOf(address) is null && unplaced.Add(address))
                    problems.Error(translation.Origin, $"no self IP's subnet contains {address}, so its VLAN is not known", "choose an address of a self IP's subnet, or say its VLAN in virtual-addresses");
                if (!topology.IsTrafficGroup(group.Value) || owners.TryAdd(address, group.Value) || owners[address] == group.Value) continue;
                problems.Error(
                    translation.Origin, $"the SNAT address {address} belongs to traffic group '{owners[address]}' already: replies can reach only its device",
                    $"set traffic-group = {owners[address]}, or use another address");
            }
        }

        void Own(Address? address, Located<string>? group)
        {
            if (address is { } own && group is not null && topology.IsTrafficGroup(group.Value)) owners.TryAdd(own, group.Value);
        }
    }
}
