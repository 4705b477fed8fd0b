using ActorMirror.Configuration.Hocon;
using ActorMirror.Domain.Connections;
using ActorMirror.Domain.Devices;
using ActorMirror.Domain.Persistence;
using ActorMirror.Domain.Pools;
using ActorMirror.Domain.TrafficGroups;
using ActorMirror.Domain.VirtualServers;

namespace ActorMirror.Configuration.Reading;

/// <summary>HOCON values to <see cref="GroupConfig"/>. Every key that exists is read here, and stands in reference.conf.</summary>
internal static class GroupReader
{
    private static readonly Kind<int> DeviceIds = Kinds.Integer(1, DeviceId.Maximum);
    private static readonly Kind<int> Ratios = Kinds.Integer(1, 100);
    private static readonly Kind<int> Ports = Kinds.Integer(1024, 65535);

    /// <summary>Kinds of persistence that look into what a client says.</summary>
    private static readonly string[] InsideKinds = ["msrdp", "sip", "ssl", "universal"];

    private static readonly Kind<TimeSpan> IdleTimeouts = Kinds.Duration("1s", "5d");

    /// <param name="deviceOverride">Name of this device instead of the one that is written.</param>
    /// <param name="schema">Receives the keys that are read.</param>
    public static GroupConfig Read(HoconObject given, HoconObject reference, string? deviceOverride, Problems problems, List<KnownKey> schema)
    {
        var document = Section.Root(given, reference, problems, schema);
        var root = document.Child("actormirror", isRequired: true);
        var group = root.Child("device-group", isRequired: true);
        var dataPlane = root.Child("data-plane");
        var config = new GroupConfig
        {
            Origin = root.Origin,
            Device = deviceOverride is null ? root.Required("device", Kinds.Reference) : Override(root.Optional("device", Kinds.Reference), deviceOverride),
            Devices = [.. root.Named("devices", isRequired: true).Select(Device)],
            GroupName = group.Required("name", Kinds.Name),
            Members = group.List("members", Kinds.Reference, isRequired: true),
            Vlans = [.. root.Named("vlans", isRequired: true).Select(s => new VlanConfig(s.Name, s.Origin, s.Required("interface", Kinds.Interface)))],
            SelfIps = [.. root.Named("self-ips").Select(SelfIp)],
            TrafficGroups = [.. root.Named("traffic-groups", isRequired: true).Select(TrafficGroup)],
            HaGroups = [.. root.Named("ha-groups").Select(HaGroup)],
            VirtualAddresses = [.. root.Named("virtual-addresses").Select(VirtualAddress)],
            Monitors = [.. root.Named("monitors").Select(Monitor)],
            Pools = [.. root.Named("pools").Select(Pool)],
            PersistenceProfiles = [.. root.Named("persistence-profiles").Select(Persistence)],
            VirtualServers = [.. root.Named("virtual-servers").Select(VirtualServer)],
            Snats = [.. root.Named("snats").Select(Snat)],
            SnatPools = [.. root.Named("snat-pools").Select(s => new SnatPoolConfig(s.Name, s.Origin, s.List("members", Kinds.Address, isRequired: true)))],
            Cluster = Cluster(root.Child("cluster")),
            Namespace = dataPlane.Required("namespace", Kinds.Namespace),
            OnUnknown = dataPlane.Required("on-unknown", Kinds.Choice(("reset", OnUnknown.Reset), ("drop", OnUnknown.Drop))),
            MaximumRecords = dataPlane.Required("max-persistence-records", Kinds.Integer(1, 1_000_000)),
            Mirroring = Mirroring(root.Child("mirroring")),
            Management = Management(root.Child("management")),
            NotifyHook = root.Optional("notify-hook", Kinds.Path),
        };
        document.ReportUnknownKeys();
        return config;
    }

    private static Located<string> Override(Located<string>? written, string name) =>
        new(name, new Origin("--device", written?.Origin.Position ?? new SourcePosition("", 0, 0), name));

    private static DeviceConfig Device(Section s) => new(
        s.Name, s.Origin,
        s.Required("id", DeviceIds),
        s.Required("management", Kinds.Address),
        s.Required("mirror", Kinds.Address),
        s.Optional("mirror-secondary", Kinds.Address),
        s.List("cluster-links", Kinds.Address, isRequired: false),
        s.Required("ha-capacity", Kinds.Integer(1, DeviceLoad.MostCapacity)));

    private static TrafficGroupConfig TrafficGroup(Section s) => new(
        s.Name, s.Origin,
        s.List("ha-order", Kinds.Reference, isRequired: true),
        s.Required("failover-method", Kinds.Choice(("ha-order", FailoverMethod.HaOrder), ("load-aware", FailoverMethod.LoadAware), ("ha-group", FailoverMethod.HaGroup))),
        s.Optional("ha-group", Kinds.Reference),
        s.Required("load-factor", Kinds.Integer(1, FailoverPolicy.MostLoadFactor)),
        s.Required("prefer-warm", Kinds.Switch),
        s.Either("auto-failback", Kinds.Failback, f => f.Required("delay", Kinds.FailbackDelay)?.Value));

    private static HaGroupConfig HaGroup(Section s) => new(
        s.Name, s.Origin,
        [
            .. s.Objects("pools").Select(p => new HaGroupPoolConfig(
                p.Required("pool", Kinds.Reference), p.Required("weight", Kinds.Integer(10, 100)), p.Required("threshold", Kinds.Integer(0, FlowMark.MaximumMember)))),
        ],
        s.Required("active-bonus", Kinds.Integer(0, 100)));

    private static SelfIpConfig SelfIp(Section s) => new(
        s.Name, s.Origin,
        s.Required("address", Kinds.Prefix),
        s.Required("vlan", Kinds.Reference),
        s.Optional("traffic-group", Kinds.Reference),
        s.Optional("device", Kinds.Reference));

    private static VirtualAddressConfig VirtualAddress(Section s) => new(
        s.Name, s.Origin,
        s.Required("address", Kinds.Address),
        s.Required("traffic-group", Kinds.Reference),
        s.Optional("vlan", Kinds.Reference),
        s.Required("icmp-echo", Kinds.Switch));

    private static MonitorConfig Monitor(Section s) => new(
        s.Name, s.Origin,
        s.Required("type", Kinds.Choice(("tcp", MonitorType.Tcp), ("icmp", MonitorType.Icmp))),
        s.Required("interval", Kinds.Duration("100ms", "1h")),
        s.Optional("timeout", Kinds.Duration("200ms", "3h")));

    private static PoolConfig Pool(Section s) => new(
        s.Name, s.Origin,
        [.. s.Objects("members").Select(m => new PoolMemberConfig(m.Required("address", Kinds.Endpoint), m.Required("ratio", Ratios)))],
        s.Required("load-balancing", Kinds.Choice(("round-robin", LoadBalancing.RoundRobin), ("ratio", LoadBalancing.Ratio))),
        s.Optional("monitor", Kinds.Reference));

    private static VirtualServerConfig VirtualServer(Section s)
    {
        var isForwarding = s.Required("type", Kinds.Choice(("fast-l4", false), ("forwarding", true)));
        return new VirtualServerConfig(
            s.Name, s.Origin,
            s.Required("destination", Kinds.Destination),
            s.Optional("vlan", Kinds.Reference),
            s.List("vlans", Kinds.Reference, isRequired: false),
            s.Required("protocol", Kinds.Choice(("tcp", (TransportProtocol?)TransportProtocol.Tcp), ("udp", TransportProtocol.Udp), ("any", null))),
            isForwarding,
            isForwarding is { Value: true } ? s.Optional("pool", Kinds.Reference) : s.Required("pool", Kinds.Reference),
            s.Either("mirror", Kinds.Mirror, AfterAgeOrBytes),
            s.Required("mirror-guarantee", Kinds.Choice(("async", false), ("sync", true))),
            s.Required("snat", Kinds.SnatOfServer),
            s.Required("traffic-group", Kinds.Reference),
            s.Required("idle-timeout", IdleTimeouts),
            s.Required("profile", Kinds.Choice(("none", VirtualServerProfile.None), ("ftp", VirtualServerProfile.Ftp))),
            s.Optional("persistence", Kinds.Reference));
    }

    private static PersistenceConfig Persistence(Section s) => new(
        s.Name, s.Origin,
        s.Required("type", Kinds.Choice<PersistenceMode?>(
            [("source-address", PersistenceMode.SourceAddress), ("destination-address", PersistenceMode.DestinationAddress), ("hash", PersistenceMode.Hash), .. InsideKinds.Select(kind => (kind, default(PersistenceMode?)))])),
        s.Required("timeout", Kinds.Duration("1s", "7d")),
        s.Required("mirror", Kinds.Switch),
        s.Required("mask-v4", Kinds.Integer(1, 32)),
        s.Required("mask-v6", Kinds.Integer(1, 128)),
        s.Required("match-across-services", Kinds.Switch),
        s.Required("match-across-virtuals", Kinds.Switch),
        s.List("fields", Kinds.Choice(
            ("source-address", HashFields.SourceAddress), ("source-port", HashFields.SourcePort),
            ("destination-address", HashFields.DestinationAddress), ("destination-port", HashFields.DestinationPort)), isRequired: false),
        s.Required("algorithm", Kinds.Choice(("default", false), ("carp", true))));

    private static MirrorChoice AfterAgeOrBytes(Section s) =>
        new(true, s.Optional("after-age", Kinds.Duration("1s", "1d"))?.Value, s.Optional("after-bytes", Kinds.Size("1", "1TB"))?.Value);

    private static SnatConfig Snat(Section s) => new(
        s.Name, s.Origin,
        s.List("origins", Kinds.Network, isRequired: true),
        s.List("vlans", Kinds.Reference, isRequired: false),
        s.Required("translation", Kinds.Translation),
        s.Either("mirror", Kinds.Mirror, AfterAgeOrBytes),
        s.Required("traffic-group", Kinds.Reference),
        s.Required("idle-timeout", IdleTimeouts),
        s.Required("udp-idle-timeout", IdleTimeouts));

    private static ClusterConfig Cluster(Section s)
    {
        var flap = s.Child("flap");
        return new ClusterConfig(
            s.Origin,
            s.Required("engine", Kinds.Choice(("corosync", ClusterEngineKind.Corosync), ("standalone", ClusterEngineKind.Standalone))),
            s.Required("token", Kinds.Duration("50ms", "10s")),
            s.Required("consensus", Kinds.Duration("60ms", "12s")),
            s.Required("join", Kinds.Duration("10ms", "1s")),
            s.Required("lease", Kinds.Duration("200ms", "30s")),
            s.Required("heartbeat", Kinds.Duration("5ms", "50ms")),
            s.Optional("key-file", Kinds.Path),
            s.Required("allow-unsafe-pair", Kinds.Switch),
            flap.Required("most", Kinds.Integer(1, 100)),
            flap.Required("within", Kinds.Duration("1s", "1h")),
            s.Required("score-damping", Kinds.Duration("1s", "5m")));
    }

    private static MirroringConfig Mirroring(Section s)
    {
        var ports = s.Child("ports");
        return new MirroringConfig(
            ports.Required("first", Ports),
            ports.Required("last", Ports),
            s.Required("channels-per-traffic-group", Kinds.Integer(1, byte.MaxValue)),
            s.Required("max-connections", Kinds.Integer(1, 16_000_000)),
            s.Required("resync-rate", Kinds.Size("0", "100GB")),
            s.Required("resync-cpu", Kinds.Integer(1, 100)),
            s.Required("reconcile-period", Kinds.Duration("1s", "1h")),
            s.Required("plain-text", Kinds.Switch),
            s.Required("platform-policy", Kinds.Choice(("compatible", PlatformPolicy.Compatible), ("identical", PlatformPolicy.Identical))));
    }

    private static ManagementConfig Management(Section s)
    {
        var tls = s.Child("tls");
        return new ManagementConfig(
            s.Required("listen", Kinds.Choice(("off", ApiListener.Off), ("loopback", ApiListener.Loopback), ("management", ApiListener.Management))),
            s.Required("port", Kinds.Integer(1, 65535)),
            s.Required("read-without-token", Kinds.Switch),
            s.List("host-names", Kinds.HostName, isRequired: false),
            tls.Required("enabled", Kinds.Switch),
            tls.Optional("certificate", Kinds.Path),
            tls.Optional("key", Kinds.Path));
    }
}
