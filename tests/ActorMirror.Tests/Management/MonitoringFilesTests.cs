using System.Diagnostics;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using ActorMirror.Management.Metrics;

namespace ActorMirror.Tests.Management;

/// <summary>What deploy/monitoring asks Prometheus for is what a device shows.</summary>
public sealed class MonitoringFilesTests
{
    private static readonly string Folder = Repository.Path("deploy", "monitoring");

    [Theory]
    [InlineData("alerts.yml")]
    [InlineData("dashboard.json")]
    public async Task Every_metric_in_it_exists(string file)
    {
        using var metrics = new DeviceMetrics(new FakeDevice(), TimeProvider.System);
        var known = Regex.Matches(Encoding.UTF8.GetString((await metrics.TextAsync(default)).Span), "^# TYPE (\\S+)", RegexOptions.Multiline).Select(m => m.Groups[1].Value).ToHashSet();
        var asked = Regex.Matches(await File.ReadAllTextAsync(Path.Combine(Folder, file)), "actormirror_[a-z_]+").Select(m => m.Value).Distinct().ToList();
        asked.Count.ShouldBeGreaterThan(10);
        asked.Except(known).ShouldBeEmpty();
    }

    [Fact]
    public void The_dashboard_is_JSON_and_its_panels_have_numbers_of_their_own()
    {
        using var json = JsonDocument.Parse(File.ReadAllText(Path.Combine(Folder, "dashboard.json")));
        json.RootElement.GetProperty("panels").EnumerateArray().Select(p => p.GetProperty("id").GetInt32()).ShouldBeUnique();
    }

    [PromtoolFact]
    public async Task Promtool_accepts_the_rules()
    {
        using var promtool = Process.Start(new ProcessStartInfo(PromtoolFactAttribute.Path!, ["check", "rules", Path.Combine(Folder, "alerts.yml")])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var said = (promtool.StandardOutput.ReadToEndAsync(), promtool.StandardError.ReadToEndAsync());
        await promtool.WaitForExitAsync();
        promtool.ExitCode.ShouldBe(0, await said.Item1 + await said.Item2);
    }
}
