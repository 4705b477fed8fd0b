using System.Text;
using ActorMirror.Configuration;
using ActorMirror.Domain.VirtualServers;

namespace ActorMirror.Tests.Configuration;

/// <summary>What may be said of mirroring, and where the product advises against it.</summary>
public sealed class MirrorChoiceTests
{
    [Theory]
    [InlineData("on", "on")]
    [InlineData("off", "off")]
    [InlineData("{ after-age = 30 s }", "after 30 s")]
    [InlineData("{ after-bytes = 1 MiB }", "after 1048576 bytes")]
    [InlineData("{ after-age = 2 minutes, after-bytes = 10 kB }", "after 120 s or 10000 bytes")]
    public void It_is_read_as_written(string text, string expected) => Parse($"mirror = {text}").Model!.VirtualServers.Single(v => v.Name == "vs1").Mirror.ToString().ShouldBe(expected);

    [Fact]
    public void What_waits_for_bytes_alone_never_becomes_old_enough()
    {
        MirrorChoice.AtOnce.Waits.ShouldBeNull();
        new MirrorChoice(true, AfterBytes: 1).Waits.ShouldBe(TimeSpan.MaxValue);
        new MirrorChoice(true, TimeSpan.FromSeconds(3), 1).Waits.ShouldBe(TimeSpan.FromSeconds(3));
    }

    [Theory]
    [InlineData("mirror = on, destination = \"10.10.0.100:80\"", "port 80 is short-lived")]
    [InlineData("mirror = on, destination = \"10.10.0.100:443\"", "port 443 is short-lived")]
    [InlineData("mirror = on, protocol = udp", "UDP is short-lived")]
    [InlineData("mirror = on", null)]
    [InlineData("mirror = off, protocol = udp", null)]
    [InlineData("mirror { after-age = 30 s }, destination = \"10.10.0.100:80\"", null)]
    public void Short_lived_connections_are_not_worth_it(string change, string? warning)
    {
        var result = Parse(change);
        result.HasErrors.ShouldBeFalse();
        if (warning is null)
        {
            result.Problems.ShouldBeEmpty();
            return;
        }

        var problem = result.Problems.ShouldHaveSingleItem();
        (problem.Severity, problem.Path).ShouldBe((ProblemSeverity.Warning, "actormirror.virtual-servers.vs1.mirror"));
        problem.Message.ShouldContain(warning);
        problem.Remedy.ShouldContain("after-age");
    }

    private static ConfigurationResult Parse(string change)
    {
        var file = Repository.Path("tests", "ActorMirror.Tests", "Configuration", "Broken", "base", "group.conf");
        return ConfigurationLoader.Parse(Encoding.UTF8.GetBytes($"{File.ReadAllText(file)}\nactormirror.virtual-servers.vs1 {{ {change} }}"), "choice.conf");
    }
}
