using ActorMirror.Domain.Addresses;
using ActorMirror.Import.Hocon;
using ActorMirror.Import.Reports;
using ActorMirror.Import.Syntax;
using ActorMirror.Import.Tmsh;

namespace ActorMirror.Import.BigIp;

/// <summary>
/// <c>ltm virtual</c>: destination, protocol, VLANs, pool or ip-forward, mirror, SNAT, idle-timeout. A Standard virtual server becomes a fast-l4 one where
/// that changes nothing that clients and servers read of each other (see <see cref="Obstacles"/>).
/// </summary>
internal static class VirtualServers
{
    public static void Read(Conversion conversion, Stanza stanza)
    {
        var properties = conversion.Open(stanza);
        if (Obstacles.Find(conversion, stanza) is { } obstacle)
        {
            properties.LeaveOutAll(obstacle.Reason, obstacle.Because);
            return;
        }

        if (ClientVlans.Of(conversion, properties) is not { } vlans) return;
        if (vlans.IsEmpty && conversion.Draft.SelfIps.Objects.Count == 0) vlans = ClientVlans.WithoutSelfIps(conversion);
        var destination = conversion.DestinationOf(properties.Word("destination")!);
        var server = new DraftObject(stanza.Name, stanza.Place, stanza.Title);
        server.Set("destination", new Destination(Obstacles.NetworkOf(stanza, destination)!.Value, destination.PortNumber ?? 0).ToString());
        if (vlans is [var only]) server.Set("vlan", only);
        else if (!vlans.IsEmpty) server.Set("vlans", new Value.List(vlans));

        Protocol(conversion, stanza, properties, server);
        if (Obstacles.IsForwarding(stanza)) server.Set("type", "forwarding");
        else server.Set("pool", conversion.Draft.Pools.NameOf(Paths.Absolute(properties.Word("pool")!))!);
        if (properties.Take("mirror") is { Value: "enabled" } mirror) server.Set("mirror", true, mirror);
        Snat(conversion, properties, server);
        server.Set("traffic-group", TrafficGroups.NameOf(conversion, conversion.VirtualAddress(destination.Address!.Value)?.Items.FirstOrDefault(i => i.Key == "traffic-group")?.Value)!);
        ReadProfiles(conversion, properties, server);
        conversion.Draft.VirtualServers.Add(Paths.Absolute(stanza.Name), stanza.Place, stanza.Title, properties.Description).Settings.AddRange(server.Settings);

        properties.Ignore("ip-forward", "mask", "source", "translate-address", "translate-port", "enabled", "serverssl-use-sni", "auto-discovery");
        properties.Same("source-port", "preserve");
        properties.Same("auto-lasthop", "default");
        properties.LeaveOut(Conversion.NotYet + ": persistence", "persist", "fallback-persistence", "fallback-persistence-type");
        properties.LeaveOut(StanzaKinds.WhyNot("ltm rule"), "rules", "related-rules");
        properties.LeaveOut(StanzaKinds.WhyNot("ltm policy"), "policies");
        properties.LeaveOut(Conversion.NotYet + ": limits of connections", "connection-limit", "rate-limit", "rate-limit-mode", "rate-limit-src-mask", "rate-limit-dst-mask");
        properties.LeaveOut(StanzaKinds.WhyNot("security"), "fw-enforced-policy", "fw-staged-policy", "fw-rules", "security-log-profiles", "security-nat-policy", "ip-intelligence-policy");
        properties.LeaveOut(StanzaKinds.WhyNot("net bwc"), "bwc-policy", "rate-class");
        properties.LeaveOut("connections are not copied", "clone-pools");
        properties.LeaveOut("replies go by the routes of the host", "last-hop-pool", "auto-lasthop");
        properties.LeaveOut("source ports are kept where they are free", "source-port");
        properties.LeaveOut(Conversion.NotYet + ": actions on the connections of a virtual server without members", "service-down-immediate-action");
        properties.LeaveOutTheRest();
    }

    private static void Protocol(Conversion conversion, Stanza stanza, Properties properties, DraftObject server)
    {
        var protocol = Obstacles.ProtocolOf(conversion, stanza)!;
        properties.Ignore("ip-protocol");
        server.Set("protocol", protocol);
        if (protocol == "any") properties.LeaveOutPart("ip-protocol", "of any protocol, TCP and UDP are forwarded, and pings where a network and any port are given");
    }

    /// <summary>The configuration may still refuse automap, where no self IP is near the members.</summary>
    private static void Snat(Conversion conversion, Properties properties, DraftObject server)
    {
        const string Without = "; the servers see the clients' addresses, and must reach them through the device";
        if (properties.Take("source-address-translation") is { } translation)
        {
            var (type, pool) = (translation["type"]?.Value ?? translation.Value, translation["pool"]?.Value);
            if (type == "automap") server.Set("snat", "automap", translation, isOptional: true);
            else if (type == "snat" && SnatPools.NameOf(conversion, pool) is { } name) server.Set("snat", $"pool {name}", translation, isOptional: true);
            else if (type == "snat") properties.LeaveOut(translation, $"its SNAT pool {pool ?? "none"} is not carried over{Without}");
            else if (type is not ("" or "none")) properties.LeaveOut(translation, $"translation of type {type}: {StanzaKinds.WhyNot("ltm lsn-pool")}{Without}");
        }

        // As files of TMOS 11.2 and older have it.
        if (properties.Take("snat") is { } old)
        {
            if (old.Value == "automap") server.Set("snat", "automap", old, isOptional: true);
            else if (old.Value is not ("" or "none")) properties.LeaveOut(old, $"'{old.Value}' is not known{Without}");
        }

        if (properties.Take("snatpool") is not { } pooled) return;
        if (SnatPools.NameOf(conversion, pooled.Value) is { } known) server.Set("snat", $"pool {known}", pooled, isOptional: true);
        else properties.LeaveOut(pooled, $"its SNAT pool {pooled.Value} is not carried over{Without}");
    }

    private static void ReadProfiles(Conversion conversion, Properties properties, DraftObject server)
    {
        var entries = properties.Take("profiles")?.Entries ?? [];
        var transports = entries.Where(e => Profiles.IsTransport(Profiles.TypeOf(conversion, e.Key))).ToList();
        foreach (var entry in entries.Except(transports))
        {
            var type = Profiles.TypeOf(conversion, entry.Key);
            if (type == "ftp")
            {
                server.Set("profile", "ftp", entry, isOptional: true);
                continue;
            }

            conversion.Report.LeaveOut(entry.Place, properties.Title, $"profile {entry.Key}", StanzaKinds.WhyNot("ltm profile " + type));
        }

        if (transports is not [var transport, ..]) return;
        foreach (var entry in transports.Where(e => Profiles.TypeOf(conversion, e.Key) is not "fastl4"))
        {
            conversion.Report.LeaveOut(
                entry.Place, properties.Title, $"profile {entry.Key}",
                "a Standard virtual server: carried over as fast-l4, the kernel forwards what client and member send each other");
        }

        IdleTimeout(conversion, properties, server, transport);
    }

    private static void IdleTimeout(Conversion conversion, Properties properties, DraftObject server, Item transport)
    {
        var timeout = Profiles.IdleTimeout(conversion, transport.Key, Profiles.TypeOf(conversion, transport.Key));
        if (Profiles.Seconds(timeout) is { } seconds) server.Set("idle-timeout", seconds, transport, isOptional: true);
        else conversion.Report.LeaveOut(transport.Place, properties.Title, $"profile {transport.Key}", $"idle-timeout {timeout}: it is from 1 s to 5 days here, 300 s when it is not written");
    }
}
