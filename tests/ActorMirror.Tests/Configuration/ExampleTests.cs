using ActorMirror.Configuration;
using ActorMirror.Domain.Addresses;
using ActorMirror.Domain.Devices;
using ActorMirror.Domain.VirtualServers;

namespace ActorMirror.Tests.Configuration;

/// <summary>The files in hocon/ load, and give the model they describe.</summary>
public class ExampleTests
{
    public static TheoryData<string> Examples => [.. Directory.GetFiles(Repository.Path("hocon"), "*.conf").Select(f => Path.GetFileName(f)!)];

    [Theory, MemberData(nameof(Examples))]
    public void An_example_has_no_errors(string name)
    {
        var result = ConfigurationLoader.Load(Repository.Path("hocon", name));
        result.Problems.Where(p => p.Severity == ProblemSeverity.Error).ShouldBeEmpty();
        result.Model.ShouldNotBeNull();
    }

    [Fact]
    public void Three_devices_gives_the_model_it_describes()
    {
        var model = Load("three-devices.conf", "b");

        model.GroupName.ShouldBe("dg1");
        model.Self.Name.ShouldBe("b");
        model.Devices.Select(d => d.Id.Value).ShouldBe([1, 2, 3]);
        model.Devices[2].ClusterLinks.Select(l => l.ToString()).ShouldBe(["10.99.0.3", "10.30.0.3"]);
        model.Vlans.Select(v => (v.Name, v.Interface, v.InDataPlane))
            .ShouldBe([("external", "ext", true), ("internal", "int", true), ("mirror", "mir", false)]);
        model.TrafficGroups.Select(g => $"{g.Name}: {string.Join(" ", g.HaOrder)}").ShouldBe(["tg1: 1 2 3", "tg2: 2 3 1"]);
        model.SelfIps.Count(s => s.IsFloating).ShouldBe(2);
        model.SelfIps.Single(s => s.Name == "int-b").Device.ShouldBe(new DeviceId(2));

        var first = model.VirtualServers.Single(v => v.Name == "tcp-1");
        (first.SnatAddresses.Length, first.Mirror, first.IdleTimeout).ShouldBe((0, MirrorChoice.AtOnce, TimeSpan.FromSeconds(300)));
        first.Pool!.Members.Select(m => m.Ratio).ShouldBe([3, 1]);
        first.Pool.Monitor!.Timeout.ShouldBe(TimeSpan.FromSeconds(16));
        var second = model.VirtualServers.Single(v => v.Name == "tcp-2");
        (second.Destination, second.TrafficGroup, second.SnatAddresses.Single())
            .ShouldBe((new Destination(new Prefix(Address.Parse("10.10.0.101"), 32), 5000), "tg2", Address.Parse("10.20.0.253")));

        model.VirtualAddresses.Select(a => (a.Address.ToString(), a.TrafficGroup, a.Vlan.Name, a.IcmpEcho))
            .ShouldBe([("10.10.0.100", "tg1", "external", true), ("10.10.0.101", "tg2", "external", true)]);
        model.Cluster.GuardAfter(null).ShouldBe(TimeSpan.FromMilliseconds(560));
        model.Cluster.Flap.ShouldBe(new FlapSettings(3, TimeSpan.FromSeconds(60)));
        model.Cluster.GuardAfter(TimeSpan.FromMilliseconds(400)).ShouldBe(TimeSpan.FromMilliseconds(160));
        model.Cluster.GuardAfter(TimeSpan.FromMilliseconds(700)).ShouldBe(TimeSpan.Zero);
        model.DataPlane.ShouldBe(new DataPlaneSettings("actormirror", OnUnknown.Reset));
        model.Mirroring.ShouldBe(new MirroringSettings(1029, 1155, 262_144, 32 << 20, 50, TimeSpan.FromSeconds(60), false));
    }

    [Fact]
    public void Dual_stack_has_a_source_of_each_family()
    {
        var model = Load("dual-stack.conf");
        model.VirtualServers.Select(v => (v.Name, Source: string.Join(" ", v.SnatAddresses))).Where(v => v.Source.Length > 0)
            .ShouldBe([("tcp-2", "10.20.0.253"), ("tcp6-2", "2001:db8:20::fd"), ("udp-2", "10.20.0.253"), ("udp6-2", "2001:db8:20::fd")]);
        model.Ipv6Vlans.Select(v => v.Name).ShouldBe(["external", "internal"]);
        Load("three-devices.conf").Ipv6Vlans.ShouldBeEmpty();
    }

    [Fact]
    public void Snat_has_translation_addresses_of_three_kinds_and_announces_its_own()
    {
        var model = Load("snat.conf");
        model.Snats.Select(s => $"{s.Key} {s.Automap} {string.Join(" ", s.Translations)} {s.UdpIdleTimeout.TotalSeconds}").ShouldBe(
            ["snat/crawlers False 10.10.0.151 10.10.0.152 30", "snat/mail False 10.10.0.150 60", "snat/outward True 10.10.0.254 10.20.0.254 60"]);
        model.VirtualAddresses.Where(a => a.Address >= Address.Parse("10.10.0.150")).Select(a => $"{a.Address} {a.TrafficGroup} {a.Vlan.Name} {a.IcmpEcho}").ShouldBe(
            ["10.10.0.150 tg1 external False", "10.10.0.151 tg1 external True", "10.10.0.152 tg1 external True"]);
    }

    [Fact]
    public void Networks_of_virtual_servers_are_no_virtual_addresses()
    {
        var model = Load("networks.conf");
        model.VirtualServers.Where(v => v.PassesThrough).Select(v => $"{v.Name} {v.Destination} {v.Protocol?.ToString() ?? "any"} {v.Pool?.Name ?? "-"} {string.Join(" ", v.SnatAddresses)}").ShouldBe(
        [
            "balanced 10.20.0.0/24:7000 Tcp web ",
            "elsewhere 0.0.0.0/0:* any - 10.10.0.254 10.20.0.254",
            "inward 10.20.0.0/24:* any - ",
            "outward 10.10.0.0/24:7001 any - ",
        ]);
        model.VirtualAddresses.Select(a => a.Address.ToString()).ShouldBe(["10.10.0.100", "10.10.0.101"]);
    }

    [Fact]
    public void Every_device_builds_the_same_model_but_for_itself()
    {
        var a = Load("three-devices.conf", "a");
        var c = Load("three-devices.conf", "c");
        (c with { Self = a.Self }).VirtualServers.Select(v => v.ToString()).ShouldBe(a.VirtualServers.Select(v => v.ToString()));
        c.Self.Id.Value.ShouldBe(3);
    }

    [Fact]
    public void Pair_takes_its_explicit_settings()
    {
        var model = Load("pair.conf");
        model.VirtualAddresses.Single().IcmpEcho.ShouldBeFalse();
        model.Pools.Single().Monitor!.Interval.ShouldBe(TimeSpan.FromSeconds(2));
        model.VirtualServers.Single().IdleTimeout.ShouldBe(TimeSpan.FromMinutes(15));
        model.VirtualServers.Single().SnatAddresses.ShouldBe([Address.Parse("10.20.0.254")]);
        model.Cluster.AllowUnsafePair.ShouldBeTrue();
        model.NotifyHook.ShouldBe("/etc/actormirror/notify.sh");
    }

    [Fact]
    public void Standalone_stays_in_the_hosts_namespace()
    {
        var model = Load("standalone.conf");
        model.Cluster.Engine.ShouldBe(ClusterEngineKind.Standalone);
        model.DataPlane.Namespace.ShouldBeNull();
    }

    private static DeviceGroupModel Load(string name, string? device = null) =>
        ConfigurationLoader.Load(Repository.Path("hocon", name), device).Model.ShouldNotBeNull();
}
