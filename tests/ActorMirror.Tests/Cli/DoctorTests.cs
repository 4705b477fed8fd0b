using System.Text.Json;
using ActorMirror.Cli;
using ActorMirror.Doctor;
using Spectre.Console;

namespace ActorMirror.Tests.Cli;

public sealed class DoctorTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("am-doctor-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    /// <summary>With or without root, daemon and network: everything is looked at, and what is in the way is said with what to do.</summary>
    [Fact]
    public async Task A_host_that_is_no_device_is_told_what_it_lacks()
    {
        var file = Path.Combine(_folder, "a.conf");
        await File.WriteAllTextAsync(file, $$"""
            include "{{Repository.Path("hocon", "three-devices.conf")}}"
            actormirror.data-plane.namespace = am-doctor-none
            actormirror.cluster.key-file = "{{_folder}}/none"
            """);
        var (code, output, _) = await RunAsync($"doctor --config {file} --device a --state-dir {_folder} --json");
        code.ShouldBe(1);
        using var json = JsonDocument.Parse(output);
        var findings = json.RootElement.EnumerateArray().Select(f => (
            Area: f.GetProperty("area").GetString(), Name: f.GetProperty("name").GetString(), Verdict: f.GetProperty("verdict").GetString(),
            Text: f.GetProperty("text").GetString()!, Remedy: f.GetProperty("remedy").GetString()!)).ToList();
        findings.Select(f => f.Area).Distinct().ShouldBe(
            ["kernel", "packages", "interfaces", "addresses", "sysctls", "tables", "clock", "trust", "state", "peers"]);
        findings.Where(f => f.Verdict == "trouble").ShouldAllBe(f => f.Remedy.Length > 0);
        findings.Single(f => f.Name == "corosync's key").Text.ShouldContain("does not exist");
        findings.Single(f => f.Name == "VLAN external").Text.ShouldContain("there is no interface");
        findings.Single(f => f.Area == "trust").Remedy.ShouldContain("amctl trust init");
        findings.Count(f => f.Area == "peers").ShouldBeGreaterThanOrEqualTo(2);

        (code, output, _) = await RunAsync($"doctor --config {file} --device a --state-dir {_folder} --all");
        code.ShouldBe(1);
        output.ShouldContain("TROUBLE");
        output.ShouldContain($"{_folder} can be written");
    }

    [Fact]
    public async Task A_configuration_with_errors_is_not_examined()
    {
        (await RunAsync($"doctor --config {_folder}/none")).Code.ShouldBe(2);
        await File.WriteAllTextAsync(Path.Combine(_folder, "bad.conf"), "actormirror { pols { } }");
        (await RunAsync($"doctor --config {_folder}/bad.conf")).ShouldSatisfyAllConditions(r => r.Code.ShouldBe(1), r => r.Error.ShouldContain("amctl config check"));
    }

    [Theory]
    [InlineData(1000, 2, 10, 0, 100L, "fine fine")]
    [InlineData(1000, 2, 10, 2000, 1000L, "fine fine")]
    [InlineData(1000, 2, 10, 1999, 1000L, "advice fine")]
    [InlineData(1000, 2, 1600, 2000, 100L, "trouble advice")]
    [InlineData(1000, 2, 1599, 2000, null, "fine")]
    public void The_table_has_room_or_not(int promised, int groups, long entries, long maximum, long? buckets, string expected) =>
        string.Join(' ', TableChecks.Judge(promised, groups, entries, maximum, buckets).Select(f => f.Verdict.ToString().ToLowerInvariant())).ShouldBe(expected);

    private static async Task<(int Code, string Output, string Error)> RunAsync(string command)
    {
        var (output, error) = (new StringWriter(), new StringWriter());
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, ColorSystem = ColorSystemSupport.NoColors, Out = new AnsiConsoleOutput(output) });
        console.Profile.Width = 400;
        var code = await AmctlCommand.Create(console, output, error).Parse(command).InvokeAsync();
        return (code, output.ToString().ReplaceLineEndings("\n"), error.ToString().ReplaceLineEndings("\n"));
    }
}
