using System.Collections.Immutable;
using ActorMirror.Configuration.Reading;
using ActorMirror.Domain.Addresses;
using ActorMirror.Domain.Connections;
using ActorMirror.Domain.Devices;

namespace ActorMirror.Configuration.Validation;

/// <summary>Membership, its timing, and what the engine can and cannot do; and how many objects there may be.</summary>
internal static class ClusterRules
{
    /// <summary>Beyond token and consensus: the last token hold and clocks that tick in milliseconds.</summary>
    private static readonly TimeSpan LeaseMargin = TimeSpan.FromMilliseconds(60);

    public static void Check(Topology topology, Problems problems)
    {
        var config = topology.Config;
        Timing(config.Cluster, problems);
        if (config.Cluster.Engine?.Value == ClusterEngineKind.Standalone) Standalone(config, problems);
        else Corosync(config, problems);
        Mirroring(config, problems);
        Limits(config, problems);
    }

    private static void Timing(ClusterConfig cluster, Problems problems)
    {
        if (cluster is not { Token: { } token, Consensus: { } consensus, Lease: { } lease }) return;
        var least = token.Value * 1.2;
        if (consensus.Value < least)
            problems.Error(consensus.Origin, $"consensus is shorter than 1.2 times token ({Text(token.Value)})", $"set consensus to {Text(least)} or more");

        var needed = token.Value + consensus.Value + LeaseMargin;
        if (lease.Value <= needed)
        {
            problems.Error(
                lease.Origin, $"the lease is not longer than token + consensus + {Text(LeaseMargin)} = {Text(needed)}: the loss of one device would silence the others",
                $"set lease to more than {Text(needed)}, or shorten token and consensus");
        }
    }

    private static void Standalone(GroupConfig config, Problems problems)
    {
        if (config.Members.Items.Length > 1)
            problems.Error(config.Cluster.Engine!.Origin, $"the standalone engine knows one device, but the device group has {config.Members.Items.Length}", "set engine = corosync, or leave one member");
        foreach (var given in config.VirtualServers.Select(v => v.Mirror).Concat(config.Snats.Select(s => s.Mirror)))
        {
            if (given is { Value.IsOn: true } mirror)
                problems.Warning(mirror.Origin, "with engine = standalone there is no device to mirror to", "set mirror = off, or use engine = corosync");
        }
    }

    private static void Corosync(GroupConfig config, Problems problems)
    {
        var members = config.Devices.Where(d => config.Members.Items.Any(m => m.Value == d.Name)).ToList();
        Links([.. members.Where(d => d.ClusterLinks.IsComplete)], problems);
        OneFamily([.. members.Select(d => d.Mirror)], "mirror addresses", problems);
        for (var link = 0; link < members.Select(d => d.ClusterLinks.Items.Length).DefaultIfEmpty().Max(); link++)
            OneFamily([.. members.Select(d => d.ClusterLinks.Items.ElementAtOrDefault(link))], $"addresses of cluster link {link}", problems);

        if (config.Members.Items.Length == 2 && config.Cluster.AllowUnsafePair is { Value: false } pair)
        {
            problems.Error(
                pair.Origin, "two devices without an arbiter cannot tell a dead peer from a cut network: both might become active",
                "add a third device, or set cluster.allow-unsafe-pair = on");
        }

        if (config.Cluster.KeyFile is null)
        {
            problems.Warning(
                config.Cluster.Origin with { Path = $"{config.Cluster.Origin.Path}.key-file" }, "cluster traffic is neither encrypted nor authenticated",
                "make a key with corosync-keygen, copy it to every device, and name it in cluster.key-file");
        }
    }

    private static void Links(ImmutableArray<DeviceConfig> members, Problems problems)
    {
        foreach (var device in members.Where(d => d.ClusterLinks.Items.IsEmpty))
            problems.Error(device.ClusterLinks.Origin, "the device has no cluster link", "add cluster-links = [ADDRESS, ADDRESS]");

        var linked = members.Select(d => (d.Name, Links: d.ClusterLinks)).Where(d => !d.Links.Items.IsEmpty).ToList();
        if (linked.Count < 2) return;
        var (first, count) = (linked[0].Name, linked[0].Links.Items.Length);
        foreach (var (_, links) in linked.Where(d => d.Links.Items.Length != count))
        {
            problems.Error(
                links.Origin.WithValue($"{links.Items.Length}"), $"the number of cluster links is {links.Items.Length} here and {count} for device '{first}'",
                "give every device one address for each link, in the same order");
        }

        if (count == 1)
            problems.Warning(linked[0].Links.Origin, "there is only one cluster link: when it is cut, devices are lost although they run", "add a second address to cluster-links of every device, on another network");
    }

    /// <summary>Addresses that talk to each other.</summary>
    private static void OneFamily(IEnumerable<Located<Address>?> addresses, string what, Problems problems)
    {
        var given = addresses.OfType<Located<Address>>().ToList();
        foreach (var other in given.Where(a => a.Value.IsV4 != given[0].Value.IsV4))
        {
            problems.Error(
                other.Origin, $"{other.Value} is of another family than {given[0].Value}: the devices' {what} cannot reach each other",
                $"give every device an {(given[0].Value.IsV4 ? "IPv4" : "IPv6")} address here");
        }
    }

    private static void Mirroring(GroupConfig config, Problems problems)
    {
        Secondaries(config, problems);
        if (config.Mirroring.PlainText is { Value: true } plainText)
            problems.Warning(plainText.Origin, "mirror channels are neither encrypted nor authenticated", "set plain-text = off and make certificates with 'amctl trust'");
        if (config.Mirroring is not { FirstPort: { } first, LastPort: { } last, Channels: { } channels }) return;
        var ports = last.Value - first.Value + 1;
        var groups = config.TrafficGroups.Length;
        if (first.Value > last.Value)
            problems.Error(first.Origin, $"the first port, {first.Value}, is above the last, {last.Value}", "exchange first and last");
        else if (ports < groups)
            problems.Error(last.Origin, $"{ports} mirror ports are fewer than the {groups} traffic groups", "give one port for each traffic group");
        else if (ports < groups * channels.Value)
        {
            problems.Error(
                channels.Origin, $"{groups} traffic groups with {channels.Value} mirror channels each need {groups * channels.Value} ports, and there are {ports} ({first.Value} to {last.Value})",
                $"have at most {ports / groups} channels per traffic group, or more ports: mirroring.ports");
        }
    }

    /// <summary>A second path joins two addresses: one end alone has none.</summary>
    private static void Secondaries(GroupConfig config, Problems problems)
    {
        var members = config.Devices.Where(d => config.Members.Items.Any(m => m.Value == d.Name)).ToList();
        if (members.Find(d => d.MirrorSecondary is not null) is not { } first) return;
        foreach (var device in members.Where(d => d.MirrorSecondary is null))
        {
            problems.Error(
                device.Origin with { Path = $"{device.Origin.Path}.mirror-secondary", Value = "" },
                $"device '{first.Name}' has a secondary mirror address and this one has none: there is no second path between them",
                "give every device of the group a mirror-secondary, on another network than mirror");
        }

        foreach (var device in members.Where(d => d.MirrorSecondary is not null && d.MirrorSecondary.Value == d.Mirror?.Value))
            problems.Error(device.MirrorSecondary!.Origin, "the secondary mirror address is the primary one", "give an address on another network, or leave mirror-secondary out");
    }

    private static void Limits(GroupConfig config, Problems problems)
    {
        AtMost(config.TrafficGroups.Length, FlowMark.MaximumTrafficGroup, "traffic groups", "traffic-groups");
        AtMost(config.VirtualServers.Length + config.Snats.Length, FlowMark.MaximumVirtualServer, "virtual servers and SNATs", "virtual-servers");
        AtMost(config.Pools.Sum(p => p.Members.Length), FlowMark.MaximumMember, "pool members", "pools");

        void AtMost(int count, int maximum, string what, string key)
        {
            if (count > maximum)
                problems.Error(config.Origin with { Path = $"{config.Origin.Path}.{key}", Value = $"{count}" }, $"there are {count} {what}; at most {maximum} fit the connection mark", $"configure at most {maximum}");
        }
    }

    private static string Text(TimeSpan duration) => $"{duration.TotalMilliseconds:0.###}ms";
}
