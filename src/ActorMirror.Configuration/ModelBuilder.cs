using System.Collections.Immutable;
using ActorMirror.Configuration.Reading;
using ActorMirror.Configuration.Validation;
using ActorMirror.Domain.Addresses;
using ActorMirror.Domain.Devices;
using ActorMirror.Domain.Persistence;
using ActorMirror.Domain.Pools;
using ActorMirror.Domain.TrafficGroups;
using ActorMirror.Domain.VirtualServers;
using Monitor = ActorMirror.Domain.Pools.Monitor;

namespace ActorMirror.Configuration;

/// <summary>
/// A configuration without errors to the model. Everything is ordered by name (devices by id), so that every device builds the
/// same one, however its files are arranged.
/// </summary>
internal static class ModelBuilder
{
    public static DeviceGroupModel Build(Topology topology)
    {
        var config = topology.Config;
        var members = config.Members.Items.Select(m => m.Value).ToHashSet();
        var devices = config.Devices.Where(d => members.Contains(d.Name)).Select(Device).OrderBy(d => d.Id).ToImmutableArray();
        var ids = devices.ToDictionary(d => d.Name, d => d.Id);
        var vlans = Ordered(config.Vlans).ToDictionary(v => v.Name, v => new Vlan(v.Name, v.Interface!.Value, topology.DataPlaneVlans.Contains(v.Name)));
        var monitors = config.Monitors.ToDictionary(m => m.Name, Monitor);
        var pools = Ordered(config.Pools).ToDictionary(p => p.Name, p => Pool(p, monitors));
        var persistence = config.PersistenceProfiles.Where(p => p.Mode!.Value is not null).ToDictionary(p => p.Name, Persistence);

        return new DeviceGroupModel
        {
            GroupName = config.GroupName!.Value,
            Self = devices.Single(d => d.Name == config.Device!.Value),
            Devices = devices,
            Vlans = [.. vlans.Values],
            SelfIps = [.. Ordered(config.SelfIps).Where(s => s.Device is null || ids.ContainsKey(s.Device.Value)).Select(s => SelfIp(s, vlans, ids))],
            TrafficGroups = [.. Ordered(config.TrafficGroups).Select(g => TrafficGroup(config, g, ids))],
            VirtualAddresses = VirtualAddresses(topology, vlans),
            VirtualServers = [.. Ordered(config.VirtualServers).Select(v => VirtualServer(topology, v, vlans, pools, persistence))],
            Snats = [.. Ordered(config.Snats).Select(s => Snat(topology, s, vlans))],
            Pools = [.. pools.Values],
            HaGroups = [.. Ordered(config.HaGroups).Select(h => HaGroup(h, pools))],
            Cluster = Cluster(config.Cluster),
            DataPlane = new DataPlaneSettings(config.Namespace!.Value is "host" ? null : config.Namespace.Value, config.OnUnknown!.Value, config.MaximumRecords!.Value),
            Mirroring = Mirroring(config.Mirroring),
            Management = Management(config.Management),
            NotifyHook = config.NotifyHook?.Value,
        };
    }

    private static IEnumerable<T> Ordered<T>(ImmutableArray<T> items)
        where T : INamed => items.OrderBy(i => i.Name, StringComparer.Ordinal);

    private static Device Device(DeviceConfig d) =>
        new(new DeviceId(d.Id!.Value), d.Name, d.Management!.Value, d.Mirror!.Value, [.. d.ClusterLinks.Items.Select(l => l.Value)], d.MirrorSecondary?.Value)
        {
            HaCapacity = d.HaCapacity!.Value,
        };

    private static TrafficGroup TrafficGroup(GroupConfig config, TrafficGroupConfig g, Dictionary<string, DeviceId> ids) =>
        new(g.Name, [.. g.HaOrder.Items.Select(d => ids[d.Value])])
        {
            Policy = new FailoverPolicy
            {
                Method = g.Method!.Value,
                LoadFactor = g.LoadFactor!.Value,
                PreferWarm = g.PreferWarm!.Value,
                Failback = g.Failback!.Value,
                HaGroup = g.HaGroup?.Value ?? "",
                ActiveBonus = config.HaGroups.FirstOrDefault(h => h.Name == g.HaGroup?.Value)?.ActiveBonus!.Value ?? 0,
            },
        };

    private static HaGroup HaGroup(HaGroupConfig h, Dictionary<string, Pool> pools) => new(
        h.Name, [.. h.Pools.Select(p => new HaGroupPool(pools[p.Pool!.Value], p.Weight!.Value, p.Threshold!.Value))], h.ActiveBonus!.Value);

    private static SelfIp SelfIp(SelfIpConfig s, Dictionary<string, Vlan> vlans, Dictionary<string, DeviceId> ids) =>
        new(s.Name, s.Address!.Value, vlans[s.Vlan!.Value], s.TrafficGroup?.Value, s.Device is { } device ? ids[device.Value] : null);

    private static Monitor Monitor(MonitorConfig m) => new(
        m.Name, m.Type!.Value, m.Interval!.Value, m.Timeout?.Value ?? (3 * m.Interval.Value) + TimeSpan.FromSeconds(1));

    private static Pool Pool(PoolConfig p, Dictionary<string, Monitor> monitors) => new(
        p.Name,
        [.. p.Members.Select(m => new PoolMember(m.Address!.Value, m.Ratio!.Value))],
        p.LoadBalancing!.Value,
        p.Monitor is { } monitor ? monitors[monitor.Value] : null);

    private static PersistenceProfile Persistence(PersistenceConfig p) => new(
        p.Name, p.Mode!.Value!.Value, p.Timeout!.Value, p.Mirror!.Value, p.LengthV4!.Value, p.LengthV6!.Value, p.AcrossServices!.Value, p.AcrossVirtuals!.Value)
    {
        Fields = p.Fields.Items.IsEmpty ? HashFields.SourceAddress : p.Fields.Items.Aggregate(HashFields.None, (all, field) => all | field.Value),
        IsCarp = p.IsCarp!.Value,
    };

    private static VirtualServer VirtualServer(
        Topology topology, VirtualServerConfig v, Dictionary<string, Vlan> vlans, Dictionary<string, Pool> pools, Dictionary<string, PersistenceProfile> persistence) => new(
        v.Name,
        v.Destination!.Value,
        v.Protocol!.Value,
        [.. v.AllVlans.Select(vlan => vlans[vlan.Value])],
        v.Pool is { } pool ? pools[pool.Value] : null,
        v.Mirror!.Value,
        v.IsForwarding!.Value && v.Snat!.Value.Mode == SnatMode.Automap,
        SnatAddresses(topology, v),
        v.TrafficGroup!.Value,
        v.IdleTimeout!.Value,
        v.Profile!.Value,
        v.Persistence is { } name ? persistence[name.Value] : null);

    private static ImmutableArray<Address> SnatAddresses(Topology topology, VirtualServerConfig v)
    {
        if (v.Snat!.Value.Mode == SnatMode.Automap && !v.IsForwarding!.Value)
            return topology.Automap(v, topology.Config.Device!.Value) is { } address ? [address] : [];
        var addresses = v.Snat.Value.Mode == SnatMode.Automap ? topology.FloatingOf(v.TrafficGroup!.Value).Select(f => f.Address!.Value.Address) : topology.AddressesOf(v.Snat.Value);
        return [.. addresses.Where(a => a.IsV4 == v.Destination!.Value.Address.IsV4).Order()];
    }

    private static Snat Snat(Topology topology, SnatConfig s, Dictionary<string, Vlan> vlans)
    {
        var translation = s.Translation!.Value;
        var isAutomap = translation.Mode == SnatMode.Automap;
        return new Snat(
            s.Name,
            [.. s.Origins.Items.Select(o => o.Value)],
            [.. s.Vlans.Items.Select(v => vlans[v.Value])],
            isAutomap,
            isAutomap ? [.. topology.FloatingOf(s.TrafficGroup!.Value).Select(f => f.Address!.Value.Address)] : [.. topology.AddressesOf(translation).Order()],
            s.Mirror!.Value,
            s.TrafficGroup!.Value,
            s.IdleTimeout!.Value,
            s.UdpIdleTimeout!.Value);
    }

    /// <summary>Those that are written down and those that virtual servers and SNATs imply, by address.</summary>
    private static ImmutableArray<VirtualAddress> VirtualAddresses(Topology topology, Dictionary<string, Vlan> vlans)
    {
        var groups = new SortedDictionary<Address, string>();
        foreach (var address in topology.Config.VirtualAddresses) groups.TryAdd(address.Address!.Value, address.TrafficGroup!.Value);
        foreach (var server in topology.Config.VirtualServers)
        {
            if (server.Address is { } address) groups.TryAdd(address.Value, server.TrafficGroup!.Value);
        }

        var translations = topology.Translations.SelectMany(t => topology.AddressesOf(t.Translation.Value).Select(a => (Address: a, Group: t.Group.Value)));
        foreach (var (address, group) in translations.Where(t => !topology.IsSelfIp(t.Address))) groups.TryAdd(address, group);
        return
        [
            .. groups.Where(g => topology.VlanOf(g.Key) is not null)
                .Select(g => new VirtualAddress(g.Key, g.Value, vlans[topology.VlanOf(g.Key)!], topology.ExplicitAddress(g.Key)?.IcmpEcho?.Value ?? true)),
        ];
    }

    private static ClusterSettings Cluster(ClusterConfig c) => new(
        c.Engine!.Value, c.Token!.Value, c.Consensus!.Value, c.Join!.Value, c.Lease!.Value, c.Heartbeat!.Value, c.KeyFile?.Value, c.AllowUnsafePair!.Value,
        new FlapSettings(c.FlapMost!.Value, c.FlapWithin!.Value))
    {
        ScoreDamping = c.ScoreDamping!.Value,
    };

    private static MirroringSettings Mirroring(MirroringConfig m) =>
        new(
            m.FirstPort!.Value, m.LastPort!.Value, m.MaximumConnections!.Value, m.ResyncRate!.Value, m.ResyncCpu!.Value, m.ReconcilePeriod!.Value, m.PlainText!.Value,
            m.PlatformPolicy!.Value, m.Channels!.Value);

    private static ManagementSettings Management(ManagementConfig m) => new(
        m.Listen!.Value, m.Port!.Value, m.ReadWithoutToken!.Value, [.. m.HostNames.Items.Select(h => h.Value)], m.Tls!.Value,
        m is { Tls.Value: true, Certificate: { } certificate, Key: { } key } ? new CertificateFiles(certificate.Value, key.Value) : null);
}
