using System.Text;
using ActorMirror.Configuration;
using ActorMirror.Configuration.Reading;
using FsCheck;
using FsCheck.Fluent;

namespace ActorMirror.Tests.Configuration;

public class ConfigurationLoaderTests
{
    [Fact]
    public void A_file_that_does_not_exist_is_unreadable()
    {
        var result = ConfigurationLoader.Load("/no/such/file.conf");
        result.Problems.ShouldHaveSingleItem().Message.ShouldContain("cannot be read");
        ConfigurationReport.ExitCode(result).ShouldBe(2);
    }

    [Theory]
    [InlineData("/")]
    [InlineData("")]
    public void What_is_no_file_is_unreadable(string path) => ConfigurationReport.ExitCode(ConfigurationLoader.Load(path)).ShouldBe(2);

    [Fact]
    public void A_file_without_end_is_too_large() => ConfigurationLoader.Load("/dev/zero").Problems.ShouldContain(p => p.Message.Contains("larger than"));

    [Fact]
    public void The_device_can_be_given_by_the_caller()
    {
        var path = Repository.Path("hocon", "three-devices.conf");
        ConfigurationLoader.Load(path, "c").Model!.Self.Name.ShouldBe("c");
        var problem = ConfigurationLoader.Load(path, "cc").Problems.Single(p => p.Severity == ProblemSeverity.Error);
        (problem.Path, problem.Value, problem.Remedy).ShouldBe(("--device", "cc", "did you mean 'c'?"));
    }

    [Theory]
    [InlineData("devices.b.cluster-links = [\"10.99.0.2\"]\nactormirror.devices.c.cluster-links = [\"10.99.0.3\"]\nactormirror.devices.a.cluster-links = [\"10.99.0.1\"]", "only one cluster link")]
    [InlineData("cluster.key-file = null", "neither encrypted")]
    [InlineData("pools.web.members = [{ address = \"10.20.0.11:1\", ratio = 2 }]", "does not count")]
    [InlineData("virtual-addresses.x { address = \"10.10.0.99\", traffic-group = tg1 }", "no virtual server listens")]
    [InlineData("pools.web.monitor = null\nactormirror.ha-groups.g.pools = [{ pool = web }]", "the score never changes")]
    [InlineData("self-ips.int-c.device = b", "c cannot reach the members")]
    [InlineData("pools.web.members = [{ address = \"10.77.0.11:1\" }]\nactormirror.virtual-servers.vs2.pool = other\nactormirror.pools.other.members = [{ address = \"10.20.0.11:1\" }]", "no floating self IP")]
    [InlineData("management { listen = management, tls.enabled = off }", "reads along")]
    [InlineData("management.tls { enabled = off, certificate = \"/c\", key = \"/k\" }", "does not count")]
    public void A_warning_does_not_stop_it(string addition, string message)
    {
        var result = Parse(addition);
        result.Problems.ShouldHaveSingleItem().Message.ShouldContain(message);
        result.Model.ShouldNotBeNull();
        ConfigurationReport.ExitCode(result).ShouldBe(0);
    }

    [Fact]
    public void Mirroring_without_a_peer_is_a_warning() =>
        Parse("device-group.members = [a]\nactormirror.cluster.engine = standalone\nactormirror.traffic-groups = null\nactormirror.traffic-groups { tg1.ha-order = [a], tg2.ha-order = [a] }")
            .Problems.ShouldAllBe(p => p.Severity == ProblemSeverity.Warning && p.Message.Contains("no device to mirror to"));

    [Fact]
    public void Problems_print_their_place_and_remedy() =>
        new ConfigurationProblem(ProblemSeverity.Error, "x.conf", 3, "a.b", "v", "wrong", "do right").ToString().ShouldBe("x.conf:3: error: a.b: wrong (do right)");

    [Fact]
    public void Without_mirroring_automap_may_use_the_devices_own_self_ip()
    {
        var result = Parse("virtual-servers.vs2.mirror = off\nactormirror.self-ips.int-float-2.traffic-group = tg1");
        result.Model!.VirtualServers.Single(v => v.Name == "vs2").SnatAddresses.ShouldBe([ActorMirror.Domain.Addresses.Address.Parse("10.20.0.1")]);
    }

    [Theory]
    [InlineData("members", "members", 0)]
    [InlineData("member", "members", 1)]
    [InlineData("mebmers", "members", 1)]
    [InlineData("", "abc", 3)]
    [InlineData("kitten", "sitting", 3)]
    public void Distance_counts_edits(string a, string b, int distance) => Spelling.Distance(a, b).ShouldBe(distance);

    [Fact]
    public void Distance_is_symmetric_and_zero_only_for_equals() =>
        Prop.ForAll(ArbMap.Default.ArbFor<NonNull<string>>(), ArbMap.Default.ArbFor<NonNull<string>>(), (a, b) =>
        {
            Spelling.Distance(a.Get, b.Get).ShouldBe(Spelling.Distance(b.Get, a.Get));
            (Spelling.Distance(a.Get, b.Get) == 0).ShouldBe(a.Get == b.Get);
        }).QuickCheckThrowOnFailure();

    /// <summary>The correct configuration with one thing added.</summary>
    private static ConfigurationResult Parse(string addition)
    {
        var folder = Repository.Path("tests", "ActorMirror.Tests", "Configuration", "Broken");
        return ConfigurationLoader.Parse(Encoding.UTF8.GetBytes($"include \"base/group.conf\"\nactormirror.{addition}\n"), Path.Combine(folder, "added.conf"));
    }
}
