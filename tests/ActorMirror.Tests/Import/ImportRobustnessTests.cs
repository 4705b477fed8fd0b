using ActorMirror.Import.BigIp;
using ActorMirror.Import.Keepalived;
using ActorMirror.Import.Reports;
using ActorMirror.Import.Syntax;
using ActorMirror.Import.Tmsh;
using FsCheck;
using FsCheck.Fluent;
using Xunit.Abstractions;

namespace ActorMirror.Tests.Import;

/// <summary>Whatever a file holds, an import ends, and what comes out is a configuration.</summary>
public sealed class ImportRobustnessTests(ITestOutputHelper output)
{
    private const string Alphabet = "{}\"\\ \n\t#!@$/:.%1a";

    /// <summary>Pieces of configurations, put together in ways that no device would.</summary>
    private static readonly string[] Pieces =
    [
        "ltm virtual /Common/v {\n", "ltm pool /Common/p {\n", "ltm pool /Common/p { }\n", "cm device /Common/d {\n", "cm device-group /Common/g {\n", "net self /Common/s {\n", "net vlan /Common/x { }\n",
        "ltm virtual-address /Common/10.0.0.1 {\n", "ltm monitor tcp /Common/m {\n", "cm traffic-group /Common/t {\n", "ltm node /Common/n {\n", "ltm rule /Common/r {\n", "}\n", "    }\n", "    members {\n",
        "        /Common/10.0.0.9:80 { }\n", "        10.0.0.9:80 {\n            address 10.0.0.1\n        }\n", "        any:any { }\n", "    destination /Common/10.0.0.1:80\n", "    destination /Common/2001:db8::1.80\n",
        "    ip-protocol tcp\n", "    pool /Common/p\n", "    mirror enabled\n", "    traffic-group /Common/t\n", "    traffic-group /Common/traffic-group-local-only\n", "    address 10.0.0.1/24\n", "    address ::/0\n",
        "    vlan /Common/x\n", "    vlans {\n", "        /Common/x\n", "    vlans-enabled\n", "    management-ip 10.0.0.1\n", "    mirror-ip 10.0.0.2\n", "    devices {\n", "        /Common/d { }\n", "    type sync-failover\n",
        "    source-address-translation {\n        type automap\n    }\n", "    interval 0\n", "    timeout 99999999\n", "    monitor min 2 of { /Common/m /Common/http }\n", "    defaults-from /Common/m\n", "    \"\n", " } {\n",
        "ltm snat /Common/o {\n", "    automap\n", "    origins {\n", "        10.0.0.0/8 { }\n", "        any { }\n", "    translation /Common/10.0.0.7\n", "    snatpool /Common/sp\n", "ltm snatpool /Common/sp {\n", "        /Common/10.0.0.8\n",
        "ltm snat-translation /Common/10.0.0.7 {\n", "    ip-forward\n", "    mask any\n", "    mask 255.255.0.0\n", "    destination any:any\n", "    destination any6.0\n", "    translate-port disabled\n",
        "vrrp_instance A {\n", "interface eth0\n", "interface no/name\n", "virtual_ipaddress {\n", "10.0.0.1/24\n", "virtual_server 10.0.0.1 80 {\n", "virtual_server group G {\n", "virtual_server_group G {\n", "10.0.0.1-255 80\n", "real_server 10.0.0.9 80 {\n",
        "weight 70000\n", "unicast_src_ip 10.0.0.2\n", "unicast_peer {\n", "10.0.0.3\n", "TCP_CHECK {\n", "delay_loop 0\n", "lb_algo wrr\n", "lb_kind DR\n", "priority -1\n", "router_id include\n", "global_defs {\n",
    ];

    [Fact]
    public void Random_text_gives_a_configuration()
    {
        const int seed = 20_26;
        var random = new Random(seed);
        for (var i = 0; i < 1_000; i++) Fine(new string([.. Enumerable.Range(0, random.Next(200)).Select(_ => Alphabet[random.Next(Alphabet.Length)])]));
        output.WriteLine($"1000 texts, seed {seed}");
    }

    [Fact]
    public void Pieces_in_any_order_give_a_configuration()
    {
        var pieces = Gen.Elements(Pieces).ListOf().Select(string.Concat);
        Prop.ForAll(pieces.ToArbitrary(), text => Fine(text)).Check(Config.QuickThrowOnFailure.WithMaxTest(300).WithEndSize(200).WithReplay(20, 27));
    }

    [Theory]
    [InlineData("bigip.conf")]
    [InlineData("bigip_base.conf")]
    [InlineData("keepalived.conf")]
    public void Truncated_and_mutated_files_give_a_configuration(string name)
    {
        const int seed = 7;
        var random = new Random(seed);
        var text = Imported.File(name).Text;
        for (var length = 0; length < text.Length; length += 41) Fine(text[..length]);
        for (var i = 0; i < 150; i++)
        {
            var mutated = text.ToCharArray();
            for (var n = random.Next(1, 6); n > 0; n--) mutated[random.Next(mutated.Length)] = Alphabet[random.Next(Alphabet.Length)];
            Fine(new string(mutated));
        }
    }

    [Fact]
    public void More_objects_than_a_configuration_holds_are_left_out_by_name()
    {
        var text = string.Concat(Enumerable.Range(0, 3_000).Select(i =>
            $"ltm pool /Common/p{i} {{\n    members {{\n        10.{i / 250}.{i % 250}.9:80 {{ }}\n    }}\n}}\nltm virtual /Common/v{i} {{\n    destination 11.{i / 250}.{i % 250}.1:80\n    ip-protocol tcp\n    pool /Common/p{i}\n}}\n"));
        var result = BigIpImporter.Import([new SourceFile("bigip.conf", text)]);
        Imported.Model(result).VirtualServers.Length.ShouldBe(1_023);
        result.LeftOut.Count(l => l.Object.StartsWith("ltm virtual ") && l.Property == "").ShouldBe(3_000 - 1_023);
    }

    private static void Fine(string text)
    {
        var file = new SourceFile("file", text);
        TmshReader.Read(file).Steps.ShouldBeLessThan((20L * text.Length) + 100);
        foreach (var result in (ImportResult[])[BigIpImporter.Import([file]), KeepalivedImporter.Import(file)]) Imported.Model(result);
    }
}
