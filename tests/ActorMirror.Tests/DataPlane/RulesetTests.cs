using ActorMirror.DataPlane.FastL4;
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
    [InlineData("a UDP flow whose entry is gone finds its member again", "", "ct mark set ip saddr . udp sport . ip daddr . udp dport map @recent\nct mark & 0xf0000000 != 0xa0000000 ct mark set ")]
    [InlineData("a member is reached by its mark", "", "0xa0401006 : 10.20.0.11 . 5000")]
    [InlineData("only the VLANs of the virtual server", "", "iifname != { \"ext\" } return")]
    [InlineData("automap: the group's floating self IP of the members' VLAN", "", "map snat_of { type mark : ipv4_addr; elements = { 0xa0802000 : 10.20.0.253")]
    [InlineData("a floating address is its traffic group's", "", "10.10.0.101 : 0xa0800000")]
    [InlineData("in its own namespace nothing else is forwarded", "", "jump relay_ours\n    drop\n")]
    [InlineData("in the host's, the host's own traffic is", "data-plane.namespace = host", "jump relay_ours\n    ip saddr . meta l4proto . th sport @member_endpoints drop\n")]
    [InlineData("an unknown segment is answered with a reset", "", "ct state invalid ip daddr @virtual meta l4proto tcp goto unknown")]
    [InlineData("but not while its connection may be on its way back", "", "tcp dport @doubted drop\n    ip saddr . tcp sport . ip daddr . tcp dport @unknown reject with tcp reset")]
    [InlineData("or dropped", "data-plane.on-unknown = drop", "tcp flags & (fin|syn|rst|ack) != syn drop")]
    public void A_feature_becomes_its_rule(string feature, string change, string expected) =>
        Lines(Ruleset.Whole(Table(change), MemberHealth.AllUp)).ShouldContain(Lines(expected), Case.Sensitive, feature);

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
        Ruleset.Gate(1, closed: true).ShouldBe("add element ip actormirror gated { 0xa0400000 }\n");
        Ruleset.Gate(1, closed: false).ShouldBe("add element ip actormirror gated { 0xa0400000 }\ndelete element ip actormirror gated { 0xa0400000 }\n");
    }

    [Fact]
    public void No_table_but_ours_is_named()
    {
        foreach (var text in new[] { Ruleset.Whole(Table(""), MemberHealth.AllUp), Ruleset.Empty, Ruleset.Removal })
        {
            text.ShouldNotContain("flush ruleset");
            text.Split('\n').Where(l => l.Contains("table ")).ShouldAllBe(l => l.Contains(" ip actormirror") || l.Contains(" arp actormirror"));
        }
    }

    private static string Lines(string text) => string.Join('\n', text.Split('\n').Select(l => l.Trim()));

    private ServiceTable Table(string change)
    {
        var file = Path.Combine(_folder, "device.conf");
        File.WriteAllText(file, $"include file(\"{Repository.Path("hocon", "three-devices.conf")}\")\nactormirror {{ {change} }}\n");
        return ServiceTables.Load(file);
    }
}
