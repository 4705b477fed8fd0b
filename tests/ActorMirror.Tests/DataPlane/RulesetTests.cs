using ActorMirror.DataPlane.FastL4;
using ActorMirror.Domain.Devices;
using ActorMirror.Tests.Support;

namespace ActorMirror.Tests.DataPlane;

/// <summary>What each feature of a configuration becomes in the ruleset.</summary>
public sealed class RulesetTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("am-rules-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("a virtual server is found by its whole destination", "", "10.10.0.100 . udp . 5001 : goto vs_4")]
    [InlineData("ratio: three turns of four, spread", "", "ct mark set numgen inc mod 4 map { 0 : 0xa0401006, 1 : 0xa0401006, 2 : 0xa0401008, 3 : 0xa0401006 }")]
    [InlineData("a UDP flow whose entry is gone finds its member again", "", "ct mark set meta mark map @recent\nmeta mark set 0\nct mark & 0xfffff000 != 0xa0404000 ct mark set ")]
    [InlineData("a member is reached by its mark", "", "0xa0401006 : 10.20.0.11 . 5000")]
    [InlineData("only the VLANs of the virtual server", "", "iifname != { \"ext\" } return")]
    [InlineData("automap: the group's floating self IP of the members' VLAN", "", "map snat_of { type mark : ipv4_addr; elements = { 0xa0802000 : 10.20.0.253")]
    [InlineData("a floating address is its traffic group's", "", "10.10.0.101 : 0xa0800000")]
    [InlineData("in its own namespace nothing else is forwarded", "", "jump relay_ours\n    drop\n")]
    [InlineData("in the host's, the host's own traffic is", "data-plane.namespace = host", "jump relay_ours\n    ip saddr . meta l4proto . th sport @member_endpoints drop\n")]
    [InlineData("what carried enough is labelled, once", "virtual-servers.tcp-1.mirror { after-bytes = 1 MiB }",
        "chain large_1048576 {\n  ct label 113 return\n  ct bytes >= 1048576 ct event set reply,assured,destroy,label ct label set 113\n}")]
    [InlineData("if its virtual server wants to know", "virtual-servers.tcp-1.mirror { after-bytes = 1 MiB }", "map growing { type mark : verdict; elements = { 0xa0401000 : jump large_1048576")]
    [InlineData("an unknown segment is answered with a reset", "", "ct state invalid ip daddr @virtual meta l4proto tcp goto unknown")]
    [InlineData("but not while its connection may be on its way back", "", "tcp dport @doubted drop\n    ip saddr . tcp sport . ip daddr . tcp dport @unknown reject with tcp reset")]
    [InlineData("or dropped", "data-plane.on-unknown = drop", "tcp flags & (fin|syn|rst|ack) != syn drop")]
    [InlineData("a member that goes on with a lost connection is told so by the owner of the group it serves without SNAT, or of the address it sends to", "",
        "map member_group { type ipv4_addr . inet_service : mark; elements = { 10.20.0.11 . 5000 : 0xa0400000, 10.20.0.12 . 5000 : 0xa0400000 } }")]
    [InlineData("by a reset", "", "meta mark set ip daddr map @group_of\nmeta mark @lease meta l4proto tcp goto unknown\ndrop")]
    [InlineData("or not", "data-plane.on-unknown = drop", "chain lost_by_member {\n    drop\n  }")]
    [InlineData("FTP: the helper is set before the translation", "virtual-servers.tcp-1.profile = ftp", "ct mark & 0xffc00000 == @gated drop\nct helper set \"ftp\"\nmeta l4proto tcp dnat")]
    [InlineData("FTP: the helper of each family", "virtual-servers.tcp-1.profile = ftp", "ct helper ftp { type \"ftp\" protocol tcp; l3proto ip; }")]
    [InlineData("FTP: the creation of a data connection is an event", "virtual-servers.tcp-1.profile = ftp",
        "ct event set reply,destroy\n    ct state related meta l4proto tcp ct event set related,assured,destroy")]
    public void A_feature_becomes_its_rule(string feature, string change, string expected) =>
        Lines(Ruleset.Whole(Table(change), MemberHealth.AllUp)).ShouldContain(Lines(expected), Case.Sensitive, feature);

    [Theory]
    [InlineData("")]
    [InlineData("virtual-servers.tcp-1.mirror { after-age = 30 s }")]
    public void Nothing_is_counted_where_nobody_wants_to_know(string change) => Ruleset.Whole(Table(change), MemberHealth.AllUp).ShouldNotContain("ct bytes");

    [Fact]
    public void No_helper_reads_where_no_virtual_server_is_of_FTP() => Ruleset.Whole(Table(""), MemberHealth.AllUp).ShouldNotContain("ct helper");

    [Fact]
    public void A_member_that_is_down_is_not_chosen_and_without_any_nothing_is_translated()
    {
        var table = Table("");
        var service = table.Services.Single(s => s.Server.Name == "tcp-1");
        var first = MemberHealth.AllUp.With("web", service.Members[0].Member.Endpoint, up: false);

        Ruleset.Reselect(service, first).ShouldContain($"ct mark set {service.Members[1].Mark}\n");
        Ruleset.Reselect(service, first).ShouldNotContain($"{service.Members[0].Mark}");

        var none = first.With("web", service.Members[1].Member.Endpoint, up: false);
        Ruleset.Reselect(service, none).ShouldNotContain("dnat");
        Ruleset.Reselect(service, none).ShouldStartWith("flush chain ip actormirror vs_1\n");
    }

    [Fact]
    public void The_gate_of_a_handover_opens_also_when_it_was_never_closed()
    {
        Ruleset.Gate(1, closed: true).ShouldBe("add element ip actormirror gated { 0xa0400000 }\nadd element ip6 actormirror gated { 0xa0400000 }\n");
        Ruleset.Gate(1, closed: false).ShouldBe("add element ip actormirror gated { 0xa0400000 }\ndelete element ip actormirror gated { 0xa0400000 }\n"
            + "add element ip6 actormirror gated { 0xa0400000 }\ndelete element ip6 actormirror gated { 0xa0400000 }\n");
    }

    [Fact]
    public void No_table_but_ours_is_named()
    {
        foreach (var text in new[] { Ruleset.Whole(Table(Six), MemberHealth.AllUp), Ruleset.Empty(new DataPlaneSettings(null, OnUnknown.Reset)), Ruleset.Removal })
        {
            text.ShouldNotContain("flush ruleset");
            text.Split('\n').Where(l => l.Contains("table ")).ShouldAllBe(l => Ruleset.GatedFamilies.Any(f => l.Contains($"table {f} actormirror")));
        }
    }

    [Theory]
    [InlineData("a virtual server is found by its whole destination", "2001:db8:10::100 . tcp . 5000 : goto vs_")]
    [InlineData("a member is reached by its mark", " : 2001:db8:20::11 . 5000")]
    [InlineData("and by addresses of its family only", "meta l4proto tcp dnat ip6 to ct mark map @members")]
    [InlineData("automap: the group's floating self IP of the family", "map snat_of { type mark : ipv6_addr; elements = { 0xa04")]
    [InlineData("a floating address is its traffic group's", "map group_of { type ipv6_addr : mark; elements = { 2001:db8:20::fe : 0xa0400000, 2001:db8:10::100 : 0xa0400000")]
    [InlineData("neighbours may ask for a virtual address, and ping it", "icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert } accept\nip6 daddr @echo icmpv6 type echo-request accept")]
    [InlineData("advertisements of floating addresses are gated", "icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert } ip6 saddr @floating jump announce_check")]
    public void The_table_of_IPv6_has_the_same_features(string feature, string expected) =>
        TableOf("ip6", Ruleset.Whole(Table(Six), MemberHealth.AllUp)).ShouldContain(expected, Case.Sensitive, feature);

    [Fact]
    public void A_family_without_addresses_has_its_sets_and_forwards_nothing()
    {
        var own = TableOf("ip6", Ruleset.Whole(Table(""), MemberHealth.AllUp));
        own.ShouldContain("set lease { type mark; flags timeout; }\nset gated { type mark; }");
        own.ShouldContain("hook forward priority filter; policy drop;");
        own.ShouldNotContain("chain local");

        TableOf("ip6", Ruleset.Whole(Table("data-plane.namespace = host"), MemberHealth.AllUp)).ShouldNotContain("hook");
    }

    [Fact]
    public void A_choice_among_IPv6_members_is_made_in_their_table()
    {
        var service = Table(Six).Services.Single(s => s.Server.Name == "tcp-6");
        Ruleset.Reselect(service, MemberHealth.AllUp).ShouldStartWith($"flush chain ip6 actormirror vs_{service.Number}\nadd rule ip6 actormirror vs_{service.Number} ");
    }

    [Theory]
    [InlineData("the narrower SNAT has its hole in the wider one, on each VLAN it names",
        "map origins { type ifname . ipv4_addr : mark; flags interval; elements = { \"ext\" . 10.20.0.0-10.20.0.255 : 0xa0406000, "
        + "\"int\" . 10.20.0.0-10.20.0.10 : 0xa0406000, \"int\" . 10.20.0.11 : 0xa0807000, \"int\" . 10.20.0.12-10.20.0.255 : 0xa0406000 } }")]
    [InlineData("what goes out is marked, and waits for a handover", "fib daddr type unicast meta l4proto { tcp, udp, icmp } ct mark set iifname . ip saddr map @origins\nct mark & 0xffc00000 == @gated drop")]
    [InlineData("pings say nothing", "meta l4proto icmp ct event set 0x0")]
    [InlineData("automap goes by the VLAN of exit, and has another address where there is none", "snat ip to oifname map { \"ext\" : 10.10.0.254, \"int\" : 10.20.0.254 }\nsnat ip to 10.10.0.254")]
    [InlineData("one address is found by the mark", "map snat_of { type mark : ipv4_addr; elements = { 0xa0805000 : 10.20.0.253, 0xa0807000 : 10.10.0.150 } }")]
    [InlineData("each client of a virtual server keeps to one address of its pool", "chain source_2 {\nsnat ip to jhash ip saddr mod 2 seed 0x5eed map { 0 : 10.20.0.150, 1 : 10.20.0.151 }")]
    [InlineData("the kernel looks for the choice", "map sources { type mark : verdict; elements = { 0xa0406000 : goto source_6, 0xa0802000 : goto source_2 } }")]
    [InlineData("a translation address is its traffic group's", "10.10.0.150 : 0xa0800000, 10.20.0.150 : 0xa0800000")]
    [InlineData("the other end of a lost connection is told, also at a self IP", "set translations { type ipv4_addr; elements = { 10.10.0.254, 10.20.0.254 } }")]
    [InlineData("and the origin", "chain lost_by_origin {\nmeta mark set iifname . ip saddr map @origins\nmeta mark & 0xf0000000 != 0xa0000000 return\nmeta mark set meta mark & 0xffc00000\nmeta mark @lease meta l4proto tcp goto unknown\ndrop")]
    [InlineData("flows without a member have none to be remembered", "ct direction original meta l4proto udp ct mark & 0x00000ffe != 0x0 jump remember")]
    public void A_SNAT_becomes_its_rules(string feature, string expected) =>
        Lines(Ruleset.Whole(Table(Outward), MemberHealth.AllUp)).ShouldContain(Lines(expected), Case.Sensitive, feature);

    [Fact]
    public void Without_SNATs_nothing_of_them_is_in_the_packets_way()
    {
        var whole = Ruleset.Whole(Table(""), MemberHealth.AllUp);
        foreach (var word in (string[])["origins", "network", "any_port", "member_hosts", "translations", "sources", "oifname", "unicast", "0x00000ffe"]) whole.ShouldNotContain(word);
        TableOf("ip6", Ruleset.Whole(Table(Outward + Six), MemberHealth.AllUp)).ShouldNotContain("origins");
    }

    [Theory]
    [InlineData("the longest prefix takes a packet, by VLAN",
        "map networks { type ifname . ipv4_addr : verdict; flags interval; elements = { \"ext\" . 10.20.0.0-10.20.0.255 : jump network_1, "
        + "\"int\" . 0.0.0.0-10.9.255.255 : jump network_2, \"int\" . 10.10.0.0-10.10.0.255 : jump network_3, \"int\" . 10.10.1.0-255.255.255.255 : jump network_2 } }")]
    [InlineData("and of one prefix the port before any port", "chain network_1 {\nmeta l4proto . th dport vmap { tcp . 7000 : goto vs_1 }\nmeta l4proto vmap { tcp : goto vs_3, udp : goto vs_3, icmp : goto vs_3 }\n}")]
    [InlineData("where no port fits the next prefix may", "chain network_3 {\nmeta l4proto . th dport vmap { tcp . 7001 : goto vs_4, udp . 7001 : goto vs_4 }\nmeta l4proto vmap { tcp : goto vs_2, udp : goto vs_2, icmp : goto vs_2 }\n}")]
    [InlineData("nothing that is for this device", "fib daddr type unicast iifname . ip daddr vmap @networks\n}")]
    [InlineData("forwarding is not translating", "chain vs_3 {\nct mark set 0xa0403000\nct mark & 0xffc00000 == @gated drop\nmeta l4proto icmp ct event set 0x0\naccept\n}")]
    [InlineData("its source goes by the VLAN of exit", "chain source_2 {\nsnat ip to oifname map { \"ext\" : 10.10.0.254, \"int\" : 10.20.0.254 }")]
    [InlineData("with a pool it is balanced, with its port", "meta l4proto tcp dnat ip to ct mark map @members")]
    [InlineData("an unknown segment is answered by the owner", "chain lost_to_network {\nmeta mark set iifname . ip daddr map @network_groups\n")]
    public void A_network_becomes_its_rules(string feature, string expected) =>
        Lines(Ruleset.Whole(ServiceTables.Load(Repository.Path("hocon", "networks.conf")), MemberHealth.AllUp)).ShouldContain(Lines(expected), Case.Sensitive, feature);

    [Theory]
    [InlineData("an address with any port has its own map", "map services_of_any_port { type ipv4_addr . inet_proto : verdict; elements = { 10.10.0.102 . tcp : goto vs_1, 10.10.0.102 . udp : goto vs_1 } }")]
    [InlineData("which is asked when the port has no virtual server", "vmap @services\nfib daddr type local ip daddr . meta l4proto vmap @services_of_any_port\n}")]
    [InlineData("a member is reached at the client's port", "dnat ip to ct mark map @member_hosts")]
    [InlineData("by its address", "map member_hosts { type mark : ipv4_addr; elements = { 0xa0401006 : 10.20.0.11, 0xa0401008 : 10.20.0.12 } }")]
    [InlineData("both protocols of one port", "10.10.0.103 . tcp . 53 : goto vs_2, 10.10.0.103 . udp . 53 : goto vs_2")]
    [InlineData("are translated each", "meta l4proto tcp dnat ip to ct mark map @members\nmeta l4proto udp dnat ip to ct mark map @members")]
    public void Any_port_and_any_protocol_become_their_rules(string feature, string expected) =>
        Lines(Ruleset.Whole(Table("""
            virtual-servers {
              any { destination = "10.10.0.102:*", vlan = external, protocol = any, pool = web, traffic-group = tg1 }
              both { destination = "10.10.0.103:53", vlan = external, protocol = any, pool = web, traffic-group = tg1 }
            }
            """), MemberHealth.AllUp)).ShouldContain(Lines(expected), Case.Sensitive, feature);

    [Fact]
    public void A_network_without_a_member_lets_nothing_pass()
    {
        var table = ServiceTables.Load(Repository.Path("hocon", "networks.conf"));
        var service = table.Services.Single(s => s.Server.Name == "balanced");
        var down = service.Members.Aggregate(MemberHealth.AllUp, (health, m) => health.With("web", m.Member.Endpoint, up: false));
        Ruleset.Reselect(service, down).ShouldBe("flush chain ip actormirror vs_1\nadd rule ip actormirror vs_1 drop\n");
    }

    [Theory]
    [InlineData("a cache of clients", "map persist_1 { type ipv4_addr : mark; flags dynamic,timeout; timeout 10s; size 327680; }")]
    [InlineData("the virtual server asks it before it chooses",
        "chain choose_1 {\nct mark set ip saddr & 255.255.255.0 map @persist_1\nct mark { 0xa0401006, 0xa0401008 } return\nct mark set numgen inc mod 4 map {")]
    [InlineData("of two first packets at once both follow the first", "add @persist_1 { ip saddr & 255.255.255.0 : ct mark }\nct mark set ip saddr & 255.255.255.0 map @persist_1\nct mark != { 0xa0401006, 0xa0401008 } ct mark set numgen")]
    [InlineData("before the gate of a handover", "iifname != { \"ext\" } return\njump choose_1\nct mark & 0xffc00000 == @gated drop\nmeta l4proto tcp dnat ip to ct mark map @members")]
    [InlineData("a UDP flow that is known keeps its member", "meta mark set 0\nct mark & 0xfffff000 != 0xa0404000 jump choose_4")]
    [InlineData("across services, what another one left is the same server's mark here",
        "map same_4 { type mark : mark; elements = { 0xa0403006 : 0xa0404002, 0xa0403008 : 0xa0404004 } }")]
    [InlineData("whichever began", "chain choose_4 {\nct mark set ip saddr map @persist_3\nct mark set ct mark map @same_4\nct mark { 0xa0404002, 0xa0404004 } return")]
    public void Persistence_becomes_its_rules(string feature, string expected) =>
        Lines(Ruleset.Whole(Table(Returning), MemberHealth.AllUp)).ShouldContain(Lines(expected), Case.Sensitive, feature);

    [Theory]
    [InlineData("source-address", "default", "ct mark set jhash ip saddr mod 4 seed 0x5eed map { 0 : 0xa0401006, 1 : 0xa0401006, 2 : 0xa0401008, 3 : 0xa0401006 }")]
    [InlineData("destination-port, source-address, source-port, destination-address", "default", "ct mark set jhash ip saddr . ip daddr . th sport . th dport mod 4 seed 0x5eed map {")]
    [InlineData("source-address", "carp", "ct mark set jhash ip saddr mod 1024 seed 0x5eed map { 0 : 0xa040100")]
    public void A_hash_takes_the_place_of_turns(string fields, string algorithm, string expected)
    {
        var whole = Ruleset.Whole(Table($"persistence-profiles.h {{ type = hash, fields = [{fields}], algorithm = {algorithm} }}\nvirtual-servers.tcp-1.persistence = h"), MemberHealth.AllUp);
        whole.ShouldContain(expected);
        whole.ShouldNotContain("persist_");
    }

    [Fact]
    public void By_CARP_a_member_that_goes_moves_only_its_own_slots()
    {
        var table = Table("persistence-profiles.h { type = hash, algorithm = carp }\npools.web { members = [{ address = \"10.20.0.11:1\" }, { address = \"10.20.0.12:1\" }, { address = \"10.20.0.13:1\" }] }\nvirtual-servers.tcp-1.persistence = h");
        var service = table.Services.Single(s => s.Server.Name == "tcp-1");
        var gone = service.Members[2];
        var before = Slots(Ruleset.Reselect(service, MemberHealth.AllUp));
        var after = Slots(Ruleset.Reselect(service, MemberHealth.AllUp.With("web", gone.Member.Endpoint, up: false)));

        before.Count(s => s == $"{gone.Mark}").ShouldBeInRange(280, 400);
        before.Zip(after).Where(s => s.First != $"{gone.Mark}").ShouldAllBe(s => s.First == s.Second);
        after.ShouldNotContain($"{gone.Mark}");

        static string[] Slots(string rules) => [.. System.Text.RegularExpressions.Regex.Matches(rules, "[0-9]+ : (0x[0-9a-f]{8})").Select(m => m.Groups[1].Value)];
    }

    [Fact]
    public void Who_is_down_is_not_returned_to()
    {
        var service = Table(Returning).Services.Single(s => s.Server.Name == "tcp-1");
        var commands = Ruleset.Reselect(service, MemberHealth.AllUp.With("web", service.Members[0].Member.Endpoint, up: false));
        commands.ShouldStartWith("flush chain ip actormirror choose_1\nadd rule ip actormirror choose_1 ct mark set ip saddr & 255.255.255.0 map @persist_1\n");
        commands.ShouldNotContain($"{service.Members[0].Mark}");
    }

    [Fact]
    public void Without_persistence_nothing_of_it_is_in_the_packets_way()
    {
        var whole = Ruleset.Whole(Table(""), MemberHealth.AllUp);
        foreach (var word in (string[])["persist", "choose", "same"]) whole.ShouldNotContain(word);
    }

    private const string Returning = """
        persistence-profiles {
          network { type = source-address, mask-v4 = 24 }
          server { type = source-address, match-across-services = on }
        }
        virtual-servers {
          tcp-1.persistence = network
          udp-1.persistence = server
          tcp-unprotected.persistence = server
        }

        """;

    private const string Outward = """
        self-ips.ext-float { address = "10.10.0.254/24", vlan = external, traffic-group = tg1 }
        snats.all { origins = ["10.20.0.0/24"], translation = automap, mirror = on, traffic-group = tg1 }
        snats.one { origins = ["10.20.0.11"], vlans = [internal], translation = "10.10.0.150", traffic-group = tg2 }
        snat-pools.inside { members = ["10.20.0.151", "10.20.0.150"] }
        virtual-servers.tcp-2.snat = pool inside

        """;

    private const string Six = """
        self-ips.float-6 { address = "2001:db8:20::fe/64", vlan = internal, traffic-group = tg1 }
        pools.web-6 { members = [{ address = "[2001:db8:20::11]:5000" }, { address = "[2001:db8:20::12]:5000" }] }
        virtual-servers.tcp-6 { destination = "[2001:db8:10::100]:5000", vlan = external, pool = web-6, snat = automap, traffic-group = tg1 }
        virtual-addresses.six { address = "2001:db8:10::100", traffic-group = tg1, vlan = external }
        self-ips.ext-6 { address = "2001:db8:10::1/64", vlan = external, device = a }
        """;

    private static string TableOf(string family, string ruleset)
    {
        var lines = Lines(ruleset);
        var start = lines.IndexOf($"\ntable {family} actormirror {{", StringComparison.Ordinal);
        var end = lines.IndexOf("\ntable ", start + 1, StringComparison.Ordinal);
        return end < 0 ? lines[start..] : lines[start..end];
    }

    private static string Lines(string text) => string.Join('\n', text.Split('\n').Select(l => l.Trim()));

    private ServiceTable Table(string change)
    {
        var file = Path.Combine(_folder, "device.conf");
        File.WriteAllText(file, $"include file(\"{Repository.Path("hocon", "three-devices.conf")}\")\nactormirror {{ {change} }}\n");
        return ServiceTables.Load(file);
    }
}
