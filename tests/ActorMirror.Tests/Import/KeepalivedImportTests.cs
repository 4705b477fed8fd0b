using ActorMirror.Domain.Connections;
using ActorMirror.Domain.Pools;
using ActorMirror.Import.Keepalived;
using ActorMirror.Import.Reports;
using ActorMirror.Import.Syntax;

namespace ActorMirror.Tests.Import;

public sealed class KeepalivedImportTests
{
    private static readonly ImportResult Host = KeepalivedImporter.Import(Imported.File("keepalived.conf"));

    [Fact]
    public void Hosts_and_instances_become_devices_and_traffic_groups()
    {
        var model = Imported.Model(Host);
        model.Devices.Select(d => $"{d.Name} {d.Management}").ShouldBe(["lb_a 10.99.0.1", "peer-10-99-0-2 10.99.0.2"]);
        model.TrafficGroups.Select(g => $"{g.Name}: {string.Join(" ", g.HaOrder)}").ShouldContain("pair: 1 2");
        model.SelfIps.Select(s => $"{s.Address} {s.Vlan.Name} {s.TrafficGroup}").ShouldBe(["10.20.0.254/24 eth1 pair"]);
        model.VirtualAddresses.Select(a => $"{a.Address} {a.Vlan.Name} {a.TrafficGroup}").ShouldContain("10.10.0.100 eth0 pair");
    }

    [Fact]
    public void Virtual_servers_come_with_weights_and_checkers()
    {
        var model = Imported.Model(Host);
        model.VirtualServers.Select(v => $"{v.Protocol} {v.Destination}").ShouldBe(["Tcp 10.10.0.100:80", "Udp 10.10.0.100:90", "Udp 10.10.0.200:90", "Udp 10.10.0.201:90"], ignoreOrder: true);
        var web = model.VirtualServers.Single(v => v.Protocol == TransportProtocol.Tcp);
        web.Mirror.IsOn.ShouldBeTrue();
        web.Pool!.LoadBalancing.ShouldBe(LoadBalancing.Ratio);
        web.Pool.Members.Select(m => $"{m.Endpoint} {m.Ratio}").ShouldBe(["10.20.0.11:8080 2", "10.20.0.12:8080 1"]);
        (web.Pool.Monitor!.Type, web.Pool.Monitor.Interval.TotalSeconds).ShouldBe((MonitorType.Tcp, 6));
        var ranged = model.VirtualServers.First(v => v.Protocol == TransportProtocol.Udp);
        (string.Join(",", ranged.SnatAddresses), ranged.Pool!.Monitor).ShouldBe(("10.20.0.254", null));
    }

    [Theory]
    [InlineData("vrrp_sync_group PAIR", "notify_master", "notify-hook")]
    [InlineData("vrrp_instance VI_EXT", "authentication", "certificates")]
    [InlineData("vrrp_instance VI_EXT", "10.10.0.7", "ADDRESS/LENGTH")]
    [InlineData("virtual_server 10.10.0.100 80", "persistence_timeout", "not yet supported")]
    [InlineData("virtual_server 10.10.0.100 80", "sorry_server", "priority groups")]
    [InlineData("virtual_server 10.10.0.100 80 real_server 10.20.0.13 8080", "", "weight is 0")]
    [InlineData("virtual_server 10.10.0.100 80", "real_server", "checkers are others")]
    [InlineData("virtual_server group RANGE", "lb_algo", "round-robin")]
    [InlineData("virtual_server group RANGE", "lb_kind", "replies come back through the device")]
    [InlineData("virtual_server group RANGE", "MISC_CHECK", "run a program")]
    [InlineData("virtual_server group RANGE", "fwmark", "not an address with a port")]
    [InlineData("virtual_server fwmark 1", "", "packet filter")]
    [InlineData("@high", "", "conditional")]
    public void What_stays_behind_is_named(string title, string property, string because) =>
        Host.LeftOut.ShouldContain(l => l.Line > 0 && l.Object == title && l.Property == property && l.Reason.Contains(because), string.Join('\n', Host.LeftOut));

    [Theory]
    [InlineData("vrrp_instance A {\n  interface eth0\nvrrp_instance B {\n interface eth1\n}\n", 1, "closing brace")]
    [InlineData("}\n", 1, "none opened")]
    [InlineData("vrrp_instance A {\n  interface no/name\n  virtual_ipaddress {\n    10.0.0.1/24\n  }\n}\n", 4, "there is no VLAN")]
    [InlineData("include other.conf\n", 1, "included files")]
    [InlineData("$X=1\n", 1, "variables")]
    [InlineData("virtual_server 10.0.0.1 80 {\n", 1, "closing brace")]
    public void What_cannot_be_read_is_named(string text, int line, string because)
    {
        var result = KeepalivedImporter.Import(new SourceFile("keepalived.conf", text));
        result.LeftOut.ShouldContain(l => l.Line == line && l.Reason.Contains(because), string.Join('\n', result.LeftOut));
        Imported.Model(result);
    }
}
