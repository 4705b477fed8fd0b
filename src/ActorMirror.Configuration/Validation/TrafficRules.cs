using ActorMirror.Configuration.Reading;
using ActorMirror.Domain.Addresses;
using ActorMirror.Domain.Connections;
using ActorMirror.Domain.VirtualServers;

namespace ActorMirror.Configuration.Validation;

/// <summary>The ways of packets: replies must come back through the device that is active for the connection's traffic group.</summary>
internal static class TrafficRules
{
    public static void Check(Topology topology, Problems problems)
    {
        foreach (var pool in topology.Config.Pools.Where(p => p.Members.IsEmpty))
            problems.Warning(pool.Origin, "the pool has no valid member: its virtual servers answer nobody", "add a member");
        foreach (var server in topology.Config.VirtualServers)
        {
            Pool(server, problems);
            OneFamily(topology, server, problems);
            Ftp(server, problems);
        }

        foreach (var server in topology.ServersWith(SnatMode.Automap)) Automap(topology, server, problems);
        foreach (var server in topology.ServersWith(SnatMode.None)) NoSnat(topology, server, problems);
        OneGateway(topology, problems);
        OwnSelfIps(topology, problems);
    }

    private static void Pool(VirtualServerConfig server, Problems problems)
    {
        if (server is { IsForwarding.Value: true, Pool: { } pool })
            problems.Error(pool.Origin, "a virtual server of type forwarding has no pool: connections go where they are addressed to", "leave pool out, or set type = fast-l4");
    }

    /// <summary>The helper reads what is sent to members, on a connection of TCP whose translation says where data connections go.</summary>
    private static void Ftp(VirtualServerConfig server, Problems problems)
    {
        if (server is not { Profile: { Value: VirtualServerProfile.Ftp } profile }) return;
        if (server is { Protocol: { Value: not TransportProtocol.Tcp } protocol })
            problems.Error(profile.Origin, $"FTP has TCP connections, and the protocol is {(protocol.Value is null ? "any" : "udp")}", "set protocol = tcp, or leave profile out");
        if (server is { IsForwarding.Value: true })
            problems.Error(profile.Origin, "a virtual server of type forwarding translates nothing, so its FTP data connections need no profile", "leave profile out, or set type = fast-l4");
        else if (server is { Destination: { Value: { IsHost: false } or { IsAnyPort: true } } destination })
            problems.Error(profile.Origin, $"{destination.Value} is not one address with one port, which FTP needs: data connections come to other ports of the same address", "set destination = \"ADDRESS:21\", or leave profile out");
    }

    private static void OneFamily(Topology topology, VirtualServerConfig server, Problems problems)
    {
        if (topology.ForeignMember(server) is not { } member) return;
        problems.Error(
            server.Pool!.Origin, $"member {member} of pool '{server.Pool.Value}' is {Family(member)}, the destination {server.Destination!.Value.Address} is {Family(server.Destination.Value.Address)}: connections are not translated between the two",
            "make a pool, and a virtual server, for each family");
    }

    private static void Automap(Topology topology, VirtualServerConfig server, Problems problems)
    {
        var members = topology.MembersOf(server);
        if (members.IsEmpty || server is not { TrafficGroup: { } group, Mirror: { } mirror }) return;
        if (topology.ForeignMember(server) is not null || topology.Automap(server, topology.Config.Device?.Value) is not null) return;

        var origin = server.Snat!.Origin;
        var networks = members.Select(m => topology.Around(m).Select(s => s.Vlan!.Value).FirstOrDefault()).Distinct().ToList();
        if (networks is [null])
        {
            problems.Error(origin, $"no self IP's subnet contains the members of pool '{server.Pool!.Value}', so automap has no source address", $"add a floating self IP of traffic group '{group.Value}' in their subnet");
        }
        else if (networks.Count > 1)
        {
            problems.Error(origin, $"the members of pool '{server.Pool!.Value}' lie in different subnets: automap takes one source address", "make a pool, and a virtual server, for each subnet");
        }
        else if (mirror.Value.IsOn)
        {
            problems.Error(
                origin, $"traffic group '{group.Value}' has no floating {Family(members[0])} self IP on VLAN '{networks[0]}': automap would use an address that stays behind at a failover, with mirror = on",
                $"add a self IP there with traffic-group = {group.Value}");
        }
        else
        {
            problems.Error(origin, $"neither traffic group '{group.Value}' nor this device has an {Family(members[0])} self IP on VLAN '{networks[0]}'", $"add a self IP there with traffic-group = {group.Value}");
        }
    }

    private static void NoSnat(Topology topology, VirtualServerConfig server, Problems problems)
    {
        if (server.TrafficGroup is not { } group) return;
        var origin = server.Snat!.Origin;
        var clients = topology.ClientVlans(server).SelectMany(topology.On).ToList();
        foreach (var member in topology.MembersOf(server))
        {
            if (clients.Find(s => s.Address!.Value.Contains(member)) is { } shared)
            {
                problems.Error(
                    origin, $"member {member} lies in the clients' subnet on VLAN '{shared.Vlan!.Value}': without SNAT its replies go to the clients past the device",
                    "set snat = automap, or move the members to another subnet");
                return;
            }

            var gateways = topology.Around(member).Where(s => s.TrafficGroup is not null).ToList();
            if (gateways.Exists(s => s.TrafficGroup!.Value == group.Value)) continue;
            if (gateways is [var other, ..])
            {
                problems.Error(
                    origin, $"the gateway of member {member}, self IP '{other.Name}', belongs to traffic group '{other.TrafficGroup!.Value}': replies would reach the wrong device",
                    $"add a floating self IP of '{group.Value}' and make it the members' gateway, set traffic-group = {other.TrafficGroup.Value}, or snat = automap");
            }
            else
            {
                problems.Warning(
                    origin, $"traffic group '{group.Value}' has no floating self IP in the subnet of member {member}: replies find back only by routes of the network",
                    $"add a self IP there with traffic-group = {group.Value} and make it the members' gateway, or set snat = automap");
            }

            return;
        }
    }

    /// <summary>A server has one gateway, so without SNAT it can serve one traffic group only.</summary>
    private static void OneGateway(Topology topology, Problems problems)
    {
        var first = new Dictionary<Address, VirtualServerConfig>();
        foreach (var server in topology.ServersWith(SnatMode.None).Where(s => s.TrafficGroup is not null))
        {
            foreach (var member in topology.MembersOf(server))
            {
                if (first.TryAdd(member, server) || first[member].TrafficGroup!.Value == server.TrafficGroup!.Value) continue;
                problems.Error(
                    server.Snat!.Origin, $"member {member} also serves '{first[member].Name}' of traffic group '{first[member].TrafficGroup!.Value}' without SNAT, and has one gateway only: replies would reach the wrong device",
                    $"set snat = automap, or traffic-group = {first[member].TrafficGroup!.Value}");
                break;
            }
        }
    }

    /// <summary>A standby device probes the members from a self IP of its own.</summary>
    private static void OwnSelfIps(Topology topology, Problems problems)
    {
        foreach (var pool in topology.Config.Pools.Where(p => p.Monitor is not null))
        {
            var near = pool.Members.Where(m => m.Address is not null).SelectMany(m => topology.Around(m.Address!.Value.Address)).FirstOrDefault();
            if (near is not { Vlan.Value: var vlan, Address.Value.Address: var address }) continue;
            var own = topology.On(vlan).Where(s => s.Address!.Value.Address.IsV4 == address.IsV4).Select(s => s.Device?.Value).ToHashSet();
            var without = topology.Config.Members.Items.Select(m => m.Value).Where(m => !own.Contains(m)).ToList();
            if (without.Count > 0)
                problems.Warning(pool.Monitor!.Origin, $"{string.Join(", ", without)} cannot reach the members while standby: no {Family(address)} self IP of its own on VLAN '{vlan}'", "add a self IP there with device = NAME, for each device");
        }
    }

    public static string Family(Address address) => address.IsV4 ? "IPv4" : "IPv6";
}
