using System.Collections.Immutable;
using ActorMirror.Domain.Addresses;
using ActorMirror.Import.Reports;
using ActorMirror.Import.Syntax;

namespace ActorMirror.Import.BigIp;

/// <param name="Name">As written.</param>
/// <param name="Group">Priority group; higher is preferred.</param>
internal sealed record PoolMember(Place Place, string Name, string Endpoint, int Ratio, int Group);

/// <summary>
/// Members of a pool: those that serve in ordinary times. Disabled ones and those of a lower priority group would take connections here at
/// once, so they are left out.
/// </summary>
internal static class PoolMembers
{
    public static ImmutableArray<PoolMember> Read(Conversion conversion, Properties pool)
    {
        var members = new List<PoolMember>();
        var addresses = new HashSet<Address>();
        foreach (var item in pool.Take("members")?.Entries ?? [])
        {
            if (Read(conversion, pool, item, out var address) is not { } member) continue;
            members.Add(member);
            addresses.Add(address);
        }

        var isGrouped = Ratios.Parse(pool.Word("min-active-members") ?? "0") > 0;
        var highest = members.Select(m => m.Group).DefaultIfEmpty().Max();
        foreach (var spare in members.Where(m => isGrouped && m.Group < highest))
            conversion.Report.LeaveOut(spare.Place, pool.Title, spare.Name, $"{Conversion.NotYet}: priority groups; it would serve beside those of group {highest}");

        conversion.MemberAddresses.UnionWith(addresses);
        return [.. members.Where(m => !isGrouped || m.Group == highest)];
    }

    private static PoolMember? Read(Conversion conversion, Properties pool, Item item, out Address address)
    {
        address = default;
        var properties = conversion.Open($"{pool.Title} member {item.Key}", item.Place, item.Entries);
        var end = TmshEndpoint.Parse(item.Key);
        var nodeName = Folder(item.Key) + end.Host + (end.IsInRouteDomain ? "%" + end.RouteDomain : "");
        var written = properties.Take("address")?.Value;
        var host = written is null or "" ? Nodes.Find(conversion, nodeName) : TmshEndpoint.OfHost(written);
        var node = conversion.Catalog.Find("ltm node", nodeName);
        var disabled = Nodes.Disabled(item.Entries) ?? Nodes.Disabled(node?.Items ?? []);

        if (properties.Flag("fqdn") || Nodes.IsFqdn(conversion, nodeName)) return LeaveOut("its address comes from DNS: " + Conversion.NotYet);
        if (host.Address is not { } known || host.IsAnyAddress) return LeaveOut($"there is no node {nodeName} with an address");
        if (host.IsInRouteDomain || end.IsInRouteDomain) return LeaveOut("it is in a route domain: there is one routing table");
        if (end.IsAnyPort) return LeaveOut("it has any port: members have one port");
        if (end.PortNumber is not { } port) return LeaveOut($"the service name '{end.Port}' is not known: write its number");
        if (disabled is not null) return LeaveOut($"it is disabled ({disabled.Key} {disabled.Value}): a member that is written takes connections");

        properties.Ignore("session", "state", "description", "ratio", "priority-group", "logging", "ephemeral");
        properties.LeaveOut(Conversion.NotYet + ": monitors of members; pools have monitors", "monitor");
        properties.LeaveOut(Conversion.NotYet + ": limits of connections", "connection-limit", "rate-limit");
        properties.LeaveOut("shares are fixed", "dynamic-ratio");
        properties.LeaveOutTheRest();
        address = known;
        return new PoolMember(
            item.Place, item.Key, new Endpoint(known, port).ToString(),
            Ratios.Parse(item["ratio"]?.Value), Ratios.Parse(item["priority-group"]?.Value ?? "0"));

        PoolMember? LeaveOut(string reason)
        {
            properties.LeaveOutAll(reason);
            return null;
        }
    }

    private static string Folder(string name) => name[..(name.LastIndexOf('/') + 1)];
}
