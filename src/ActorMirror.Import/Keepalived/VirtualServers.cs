using System.Collections.Immutable;
using System.Globalization;
using ActorMirror.Domain.Addresses;
using ActorMirror.Import.Hocon;
using ActorMirror.Import.Reports;
using ActorMirror.Import.Syntax;

namespace ActorMirror.Import.Keepalived;

/// <summary><c>virtual_server</c>: one pool, and a virtual server for each of its addresses (several where it is of a group).</summary>
internal static class VirtualServers
{
    /// <summary>The largest range of a group, 192.168.200.3-255.</summary>
    private const int MostOfRange = 256;

    /// <summary>Addresses that virtual servers listen on.</summary>
    public static HashSet<Address> Listening(Conversion conversion) =>
        [.. conversion.Blocks.Where(b => b.Key == "virtual_server").SelectMany(b => Endpoints(conversion, b, null)).Select(e => e.Address)];

    public static void Read(Conversion conversion)
    {
        foreach (var block in conversion.Blocks.Where(b => b.Key == "virtual_server")) Read(conversion, block);
    }

    private static void Read(Conversion conversion, Item block)
    {
        var properties = conversion.Open(block);
        var endpoints = Endpoints(conversion, block, properties).ToList();
        var protocol = (properties.Word("protocol") ?? "TCP").ToLowerInvariant();
        if (endpoints.Count == 0)
        {
            properties.LeaveOutAll(block.Words is [_, "fwmark", ..] ? "it takes what a packet filter marked: virtual servers have an address and a port" : "it has no address with a port");
            return;
        }

        if (protocol is not ("tcp" or "udp"))
        {
            properties.LeaveOutAll($"protocol {protocol}: ActorMirror forwards TCP and UDP");
            return;
        }

        var source = $"{endpoints[0].Address}-{endpoints[0].Port}-{protocol}";
        if (RealServers.Pool(conversion, properties, block, source) is not { } pool) return;
        var kind = properties.Take("lb_kind") ?? properties.Take("lvs_method");
        var isSynced = conversion.Blocks.Any(b => b["lvs_sync_daemon"] is not null || b["lvs_sync_daemon_interface"] is not null);
        foreach (var endpoint in endpoints)
        {
            var server = conversion.Draft.VirtualServers.Add($"{endpoint.Address}-{endpoint.Port}-{protocol}", block.Place, Conversion.Title(block)).Set("destination", endpoint.ToString());
            var (group, vlan) = Home(conversion, endpoint.Address);
            server.Set("vlan", vlan).Set("protocol", protocol).Set("pool", pool).Set("traffic-group", group);
            if (isSynced) server.Set("mirror", true);
            if (kind?.Value is "DR" or "TUN") server.Set("snat", "automap", kind, isOptional: true);
        }

        if (kind?.Value is "DR" or "TUN") properties.LeaveOut(kind, "replies come back through the device: carried over with snat = automap where a floating self IP is near the members");
        properties.LeaveOut(Conversion.NotYet + ": persistence", "persistence_timeout", "persistence_granularity", "persistence_engine");
        properties.LeaveOut(Conversion.NotYet + ": priority groups; it would serve beside the others", "sorry_server", "sorry_server_inhibit", "sorry_server_lvs_method");
        properties.LeaveOut("members that a monitor finds down take no new connections, however many are left", "quorum", "hysteresis", "quorum_up", "quorum_down");
        properties.LeaveOut("members take connections until a monitor finds them down", "alpha", "omega");
        properties.LeaveOut("ActorMirror forwards connections and does not look into HTTP", "virtualhost");
        properties.Ignore("real_server", "delay_loop", "lb_algo", "lvs_sched", "lb_kind", "lvs_method", "protocol", "ip_family");
        properties.LeaveOutTheRest();
    }

    /// <summary>The traffic group and the VLAN of an address: those of the instance that has it.</summary>
    private static (string Group, string Vlan) Home(Conversion conversion, Address address)
    {
        var draft = conversion.Draft;
        if (draft.VirtualAddresses.NameOf(address.ToString()) is { } name && draft.VirtualAddresses.Find(name) is { } known) return (known.Text("traffic-group")!, known.Text("vlan")!);
        var group = draft.TrafficGroups.Objects is [var only] ? only.Name : Skeleton.TrafficGroup(draft, conversion.Report, "traffic-group-1");
        return (group, Skeleton.Vlan(draft, conversion.Report, "external", "no vrrp_instance has the address of a virtual server"));
    }

    private static IEnumerable<Endpoint> Endpoints(Conversion conversion, Item block, Properties? properties) => block.Words switch
    {
        [_, "group", var name, ..] => Members(conversion, name, properties),
        [_, "fwmark", ..] => [],
        [_, var address, var port, ..] => Range(address, port),
        _ => [],
    };

    private static IEnumerable<Endpoint> Members(Conversion conversion, string name, Properties? properties)
    {
        foreach (var entry in conversion.Blocks.FirstOrDefault(b => b.Words is ["virtual_server_group", var found, ..] && found == name)?.Entries ?? [])
        {
            var endpoints = entry.Words is [var address, var port, ..] ? Range(address, port).ToList() : [];
            if (endpoints.Count == 0) properties?.LeaveOut(entry, "not an address with a port");
            foreach (var endpoint in endpoints) yield return endpoint;
        }
    }

    /// <summary>"192.168.200.3-10 80": the last part of the address counts, in the base it is written in.</summary>
    private static IEnumerable<Endpoint> Range(string text, string portText)
    {
        if (!ushort.TryParse(portText, NumberStyles.None, CultureInfo.InvariantCulture, out var port) || port == 0) yield break;
        var dash = text.IndexOf('-', StringComparison.Ordinal);
        if (!Address.TryParse(dash < 0 ? text : text[..dash], out var first)) yield break;
        var style = first.IsV4 ? NumberStyles.None : NumberStyles.AllowHexSpecifier;
        var lastPart = first.Value & (first.IsV4 ? 0xffu : 0xffffu);
        var last = dash >= 0 && ushort.TryParse(text[(dash + 1)..], style, CultureInfo.InvariantCulture, out var end) ? end : lastPart;
        for (var i = lastPart; i <= last && i - lastPart < MostOfRange; i++) yield return new Endpoint(new Address(first.Value - lastPart + i), port);
    }
}
