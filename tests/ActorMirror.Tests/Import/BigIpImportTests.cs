using System.Text;
using ActorMirror.Configuration;
using ActorMirror.Domain.Devices;
using ActorMirror.Domain.Pools;
using ActorMirror.Domain.TrafficGroups;
using ActorMirror.Import.BigIp;
using ActorMirror.Import.Reports;
using ActorMirror.Import.Syntax;

namespace ActorMirror.Tests.Import;

/// <summary>A pair of BIG-IPs to a configuration, and every kind of thing that stays behind.</summary>
public sealed class BigIpImportTests
{
    private static readonly ImportResult Pair = BigIpImporter.Import([Imported.File("bigip.conf"), Imported.File("bigip_base.conf")]);

    [Fact]
    public void A_pair_becomes_a_group_of_two_devices()
    {
        var model = Imported.Model(Pair);
        model.GroupName.ShouldBe("pair");
        model.Self.Name.ShouldBe("lb-a-example-net");
        model.Devices.Select(d => $"{d.Name} {d.Management} {d.Mirror} {d.MirrorSecondary} {string.Join(",", d.ClusterLinks)}").ShouldBe(
            ["lb-a-example-net 10.99.0.1 10.30.0.1 10.31.0.1 10.30.0.1,10.99.0.1", "lb-b-example-net 10.99.0.2 10.30.0.2 10.31.0.2 10.30.0.2,10.99.0.2"]);
        model.TrafficGroups.Select(g => $"{g.Name}: {string.Join(" ", g.HaOrder)}").ShouldBe(["traffic-group-1: 2 1", "traffic-group-2: 1 2"]);
        model.TrafficGroups.Select(g => g.Policy).ShouldBe(
        [
            new FailoverPolicy { LoadFactor = 3, Failback = TimeSpan.FromSeconds(90) },
            new FailoverPolicy { Method = FailoverMethod.HaGroup, HaGroup = "links", ActiveBonus = 20 },
        ]);
        model.HaGroups.ShouldHaveSingleItem().Pools.Select(p => (p.Pool.Name, p.Weight, p.Threshold)).ShouldBe([("web", 40, 2)]);
        model.Devices.Select(d => d.HaCapacity).ShouldBe([50, 10]);
        model.Vlans.Select(v => $"{v.Name} {v.Interface}").ShouldBe(["external external", "internal internal"]);
        model.SelfIps.Select(s => $"{s.Name} {s.Address} {s.Vlan.Name} {s.TrafficGroup ?? s.Device.ToString()}").ShouldBe(
            ["ext-a 10.10.0.1/24 external 1", "int-a 10.20.0.1/24 internal 1", "int-float 10.20.0.254/24 internal traffic-group-1"]);
    }

    [Fact]
    public void Virtual_servers_come_with_their_pools_and_monitors()
    {
        var model = Imported.Model(Pair);
        model.VirtualServers.Select(v => v.Name).ShouldBe(["dns", "forward", "shop-front"]);
        var shop = model.VirtualServers[2];
        (shop.Destination.ToString(), shop.Protocol, shop.Mirror.IsOn, string.Join(",", shop.SnatAddresses), shop.TrafficGroup, shop.IdleTimeout)
            .ShouldBe(("10.10.0.100:443", Domain.Connections.TransportProtocol.Tcp, true, "10.20.0.254", "traffic-group-1", TimeSpan.FromSeconds(900)));
        shop.Vlans.Select(v => v.Name).ShouldBe(["external"]);
        shop.Pool!.LoadBalancing.ShouldBe(LoadBalancing.Ratio);
        shop.Pool.Members.Select(m => $"{m.Endpoint} {m.Ratio}").ShouldBe(["10.20.0.11:80 3", "10.20.0.13:8080 1"]);
        (shop.Pool.Monitor!.Type, shop.Pool.Monitor.Interval.TotalSeconds, shop.Pool.Monitor.Timeout.TotalSeconds).ShouldBe((MonitorType.Tcp, 7, 16));

        var dns = model.VirtualServers[0];
        (dns.Destination.ToString(), dns.Protocol, dns.Mirror.IsOn, dns.SnatAddresses.Length, dns.IdleTimeout.TotalSeconds)
            .ShouldBe(("10.10.0.101:53", Domain.Connections.TransportProtocol.Udp, false, 0, 60));
        dns.Vlans.Select(v => v.Name).ShouldBe(["external"]);
        dns.Pool!.Members.Select(m => m.Endpoint.ToString()).ShouldBe(["10.20.0.21:53"]);
        (dns.Pool.Monitor!.Name, dns.Pool.Monitor.Interval.TotalSeconds, dns.Pool.Monitor.Timeout.TotalSeconds).ShouldBe(("quick", 2, 7));
        model.VirtualAddresses.Select(a => $"{a.Address} {a.IcmpEcho}").Take(2).ShouldBe(["10.10.0.100 False", "10.10.0.101 True"]);
    }

    [Fact]
    public void SNATs_come_with_their_pools_and_addresses()
    {
        var model = Imported.Model(Pair);
        model.Snats.Select(s => $"{s.Name}: {string.Join(",", s.Origins)} {string.Join(",", s.Vlans.Select(v => v.Name))} {s.Automap} {string.Join(",", s.Translations)} {s.Mirror.IsOn} {s.TrafficGroup}").ShouldBe(
        [
            "mail: 10.20.0.13/32 internal False 10.10.0.150 True traffic-group-1",
            "out: 10.20.0.0/24  True 10.20.0.254 False traffic-group-1",
            "shared: 10.21.0.0/16  False 10.10.0.151,10.10.0.152 False traffic-group-1",
        ]);
        var forward = model.VirtualServers.Single(v => v.Pool is null);
        (forward.Destination.ToString(), forward.Protocol).ShouldBe(("0.0.0.0/0:*", null));
        model.VirtualAddresses.Select(a => $"{a.Address} {a.TrafficGroup}").ShouldContain("10.10.0.150 traffic-group-1");
    }

    [Theory]
    [InlineData("bigip.conf", "ltm data-group internal /Common/braces", "", "data groups serve iRules")]
    [InlineData("bigip.conf", "ltm monitor http /Common/web-check", "type", "carried over as type tcp")]
    [InlineData("bigip.conf", "ltm node /Common/web2", "", "no member of a pool")]
    [InlineData("bigip.conf", "ltm node /Common/dynamic", "", "DNS")]
    [InlineData("bigip.conf", "ltm persistence source-addr /Common/sticky", "", "not yet supported")]
    [InlineData("bigip.conf", "ltm pool /Common/web member /Common/web2:80", "", "disabled")]
    [InlineData("bigip.conf", "ltm pool /Common/web member /Common/dynamic:80", "", "DNS")]
    [InlineData("bigip.conf", "ltm pool /Common/web", "monitor", "a pool has one monitor")]
    [InlineData("bigip.conf", "ltm pool /Common/spare", "/Common/10.20.0.22:53", "priority groups")]
    [InlineData("bigip.conf", "ltm profile fastl4 /Common/patient", "", "idle-timeout is carried over")]
    [InlineData("bigip.conf", "ltm rule /Common/log", "", "runs no scripts")]
    [InlineData("bigip.conf", "ltm virtual /Common/Shop.Front", "persist", "not yet supported")]
    [InlineData("bigip.conf", "ltm virtual /Common/Shop.Front", "rules", "runs no scripts")]
    [InlineData("bigip.conf", "ltm virtual /Common/dns", "profile /Common/udp", "a Standard virtual server")]
    [InlineData("bigip.conf", "ltm virtual /Common/tls", "", "terminates no TLS (profile /Common/clientssl)")]
    [InlineData("bigip.conf", "ltm virtual /Common/forward", "ip-protocol", "TCP and UDP")]
    [InlineData("bigip.conf", "ltm virtual /Common/every-port", "", "any port")]
    [InlineData("bigip.conf", "ltm snat /Common/nobody", "", "no origins")]
    [InlineData("bigip.conf", "ltm virtual /Common/few-clients", "", "192.0.2.0/24")]
    [InlineData("bigip.conf", "ltm virtual-address /Common/10.10.0.101", "route-advertisement", "routes are not announced")]
    [InlineData("bigip_base.conf", "cm device /Common/lb-a.example.net", "configsync-ip", "same file on every device")]
    [InlineData("bigip_base.conf", "cm device-group /Common/device_trust_group", "", "only synchronises")]
    [InlineData("bigip_base.conf", "cm traffic-group /Common/traffic-group-2", "auto-failback-enabled", "only the HA order")]
    [InlineData("bigip_base.conf", "sys ha-group /Common/links", "/Common/nowhere", "the pool is not carried over")]
    [InlineData("bigip_base.conf", "sys ha-group /Common/links", "trunks", "bonds are the host's own")]
    [InlineData("bigip_base.conf", "net vlan /Common/internal", "mtu", "host's own")]
    [InlineData("bigip_base.conf", "net self /Common/int-a", "allow-service", "port lockdown")]
    [InlineData("bigip_base.conf", "net self /Common/tunnelled", "", "there is no VLAN /Common/http-tunnel")]
    [InlineData("bigip_base.conf", "net self /Common/routed", "", "route domain")]
    [InlineData("bigip_base.conf", "net route /Common/default", "", "the host's own")]
    public void What_stays_behind_is_named_with_its_line_and_reason(string file, string title, string property, string because)
    {
        var left = Pair.LeftOut.FirstOrDefault(l => l.Object == title && l.Property == property && l.Reason.Contains(because));
        left.ShouldNotBeNull(string.Join('\n', Pair.LeftOut.Where(l => l.Object == title)));
        left.File.ShouldBe(file);
        var lines = Imported.File(file).Text.Split('\n');
        var key = property is "type" or "ip-protocol" ? null : property.Length > 0 ? property.Split(' ')[^1] : title.StartsWith("ltm pool ") && title.Contains(" member ") ? title.Split(' ')[^1] : null;
        if (key is not null) lines[left.Line - 1].Trim().ShouldStartWith(key);
    }

    [Fact]
    public void Nothing_is_left_out_without_a_line()
    {
        Pair.LeftOut.ShouldAllBe(l => l.Line > 0 && l.Reason.Length > 0 && l.File.Length > 0);
        Pair.CarriedOver.Select(c => c.Path).ShouldContain("virtual-servers.shop-front");
        Pair.Hocon.ShouldContain("# ltm virtual /Common/Shop.Front, bigip.conf:");
        Pair.Assumed.Select(a => a.Path).ShouldBe(["cluster.allow-unsafe-pair", "vlans.external.interface", "vlans.internal.interface"], ignoreOrder: true);
    }

    [Fact]
    public void Bigip_conf_alone_stands_on_assumptions_that_are_named()
    {
        var alone = BigIpImporter.Import([Imported.File("bigip.conf")]);
        var model = Imported.Model(alone);
        model.Cluster.Engine.ShouldBe(ClusterEngineKind.Standalone);
        model.VirtualServers.Select(v => v.Destination.ToString()).ShouldBe(["10.10.0.101:53", "0.0.0.0/0:*", "10.10.0.100:443"]);
        alone.Assumed.Select(a => a.Path).ShouldBe(["devices.device-1", "device-group", "traffic-groups.traffic-group-1", "vlans.external", "vlans.internal"], ignoreOrder: true);
        alone.LeftOut.ShouldContain(l => l.Object == "ltm virtual /Common/Shop.Front" && l.Property == "source-address-translation" && l.Reason.Contains("no self IP"));
    }

    [Fact]
    public void A_destination_may_be_the_name_of_a_virtual_address()
    {
        var result = Import("""
            ltm pool /A/p {
                members {
                    /A/10.0.0.1:80 { }
                }
            }
            ltm virtual /A/v {
                destination /A/front:80
                ip-protocol tcp
                pool /A/p
            }
            ltm virtual-address /A/front {
                address 10.9.0.1
            }

            """);
        Imported.Model(result).VirtualServers.ShouldHaveSingleItem().Destination.ToString().ShouldBe("10.9.0.1:80");
        result.LeftOut.ShouldBeEmpty();
    }

    [Fact]
    public void The_mirror_address_of_a_device_may_be_a_self_IP_of_its_VLAN()
    {
        var result = Import("""
            cm device /Common/a {
                management-ip 10.99.0.1
                mirror-ip 10.20.0.1
                self-device true
            }
            net vlan /Common/internal { }
            net self /Common/own {
                address 10.20.0.1/24
                vlan /Common/internal
            }
            net self /Common/float {
                address 10.20.0.254/24
                traffic-group /Common/traffic-group-1
                vlan /Common/internal
            }

            """);
        Imported.Model(result).DataPlane.Namespace.ShouldBeNull();
        Imported.Model(result).SelfIps.Select(s => s.Name).ShouldBe(["float"]);
        result.LeftOut.ShouldContain(l => l.Object == "net self /Common/own" && l.Property == "" && l.Reason.Contains("also an address of device"));
    }

    [Fact]
    public void Devices_that_cannot_reach_each_other_are_left_out_together()
    {
        var result = Import("""
            cm device /Common/a {
                management-ip 10.99.0.1
                mirror-ip 10.20.0.1
            }
            cm device /Common/b {
                management-ip 10.99.0.2
                mirror-ip 2001:db8::2
            }
            cm device-group /Common/g {
                devices {
                    /Common/a { }
                    /Common/b { }
                }
                type sync-failover
            }

            """);
        Imported.Model(result).Devices.ShouldHaveSingleItem().Name.ShouldBe("a");
        result.LeftOut.Where(l => l.Reason.Contains("another family")).Select(l => l.Object).ShouldBe(["cm device /Common/a", "cm device /Common/b", "cm device-group /Common/g"]);
    }

    [Fact]
    public void An_object_that_stands_twice_counts_once_and_a_contradiction_is_named()
    {
        const string Pool = "ltm pool /Common/p {\n    members {\n        10.0.0.1:80 { }\n    }\n}\n";
        Import(Pool + Pool).LeftOut.ShouldBeEmpty();
        var left = Import(Pool + Pool.Replace("10.0.0.1", "10.0.0.2")).LeftOut.ShouldHaveSingleItem();
        (left.Line, left.Object).ShouldBe((6, "ltm pool /Common/p"));
        left.Reason.ShouldContain("bigip.conf:1");
    }

    [Fact]
    public void At_least_forty_kinds_have_an_answer_of_their_own()
    {
        StanzaKinds.CarriedOver.Length.ShouldBeGreaterThanOrEqualTo(40);
        StanzaKinds.CarriedOver.Select(c => c.Kind).ShouldBeUnique();
        foreach (var kind in (string[])["ltm rule", "ltm lsn-pool", "ltm persistence cookie", "gtm server", "net trunk", "sys ntp", "apm policy access-policy", "cm cert"])
        {
            StanzaKinds.IsKnown(kind).ShouldBeTrue(kind);
            StanzaKinds.IsCarriedOver(kind).ShouldBeFalse(kind);
        }

        StanzaKinds.WhyNot("new kind").ShouldBe("this kind of object is not known");
    }

    [Theory]
    [InlineData("10.10.0.100:21", "ftp { } tcp { }", true)]
    [InlineData("10.10.0.100:21", "patient-ftp { } fastL4 { }", true)]
    [InlineData("10.10.0.100:0", "ftp { } tcp { }", false)]
    [InlineData("10.10.0.100:21", "tcp { }", false)]
    public void A_virtual_server_with_a_profile_of_FTP_has_it_here_if_it_can(string destination, string profiles, bool isFtp)
    {
        var result = Import($$"""
            ltm profile ftp patient-ftp {
                defaults-from ftp
            }
            ltm pool /Common/p {
                members {
                    10.20.0.11:21 {
                        address 10.20.0.11
                    }
                }
            }
            ltm virtual /Common/v {
                destination {{destination}}
                ip-protocol tcp
                mask 255.255.255.255
                pool /Common/p
                profiles {
                    {{profiles.Replace("} ", "}\n        ")}}
                }
                translate-port {{(destination.EndsWith(":0") ? "disabled" : "enabled")}}
            }
            """);
        Imported.Model(result).VirtualServers.ShouldHaveSingleItem();
        result.Hocon.Contains("profile = ftp").ShouldBe(isFtp, result.Hocon);
    }

    private static ImportResult Import(string text) => BigIpImporter.Import([new SourceFile("bigip.conf", text)]);
}

/// <summary>Files written for these tests, and results as the daemon would read them.</summary>
internal static class Imported
{
    public static SourceFile File(string name) => new(name, System.IO.File.ReadAllText(Repository.Path("tests", "ActorMirror.Tests", "Import", "Files", name)));

    /// <summary>The model of a result, which <c>config check</c> must find fine.</summary>
    public static DeviceGroupModel Model(ImportResult result)
    {
        var (model, problems) = ConfigurationLoader.Parse(Encoding.UTF8.GetBytes(result.Hocon), "import.conf");
        problems.Where(p => p.Severity == ProblemSeverity.Error).ShouldBeEmpty();
        return model.ShouldNotBeNull();
    }
}
