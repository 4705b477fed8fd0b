using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;
using ActorMirror.Management.Metrics;
using ActorMirror.Tests.Support;

namespace ActorMirror.Tests.Management;

/// <summary>promtool of Debian's package prometheus; nothing is installed for it.</summary>
internal sealed class PromtoolFactAttribute : FactAttribute
{
    public PromtoolFactAttribute()
    {
        if (Path is null) Skip = "there is no promtool: apt-get install prometheus, or name it in ACTORMIRROR_PROMTOOL";
    }

    public static string? Path { get; } = ((string?[])[Environment.GetEnvironmentVariable("ACTORMIRROR_PROMTOOL"), "/usr/bin/promtool", "/usr/local/bin/promtool"])
        .FirstOrDefault(File.Exists);
}

public sealed class MetricsTests
{
    private readonly FakeDevice _device = new();
    private readonly FakeTimeProvider _time = new();

    [Theory]
    [InlineData("actormirror_build_info{device=\"a\",group=\"dg1\",version=\"0.1.0\",engine=\"corosync\"} 1")]
    [InlineData("actormirror_connections{traffic_group=\"tg1\"} 500")]
    [InlineData("actormirror_connections_protected{traffic_group=\"tg1\"} 498")]
    [InlineData("actormirror_conntrack_events_total 1200")]
    [InlineData("actormirror_conntrack_event_overflows_total 2")]
    [InlineData("actormirror_mirror_desyncs_total{traffic_group=\"tg1\",channel=\"1\",direction=\"outgoing\",peer=\"b\"} 2")]
    [InlineData("actormirror_mirror_lag_seconds{traffic_group=\"tg1\",channel=\"2\",direction=\"outgoing\",peer=\"b\"} 0.0015")]
    [InlineData("actormirror_mirror_bytes_total{traffic_group=\"tg1\",channel=\"1\",direction=\"outgoing\",peer=\"b\"} 4096")]
    [InlineData("actormirror_mirror_state{traffic_group=\"tg1\",channel=\"1\",direction=\"outgoing\",peer=\"b\",state=\"in-sync\"} 1")]
    [InlineData("actormirror_mirror_not_held{traffic_group=\"tg1\",channel=\"1\",direction=\"outgoing\",peer=\"b\",reason=\"kernel-table-full\"} 2")]
    [InlineData("actormirror_failovers_total{traffic_group=\"tg1\",reason=\"device-down\"} 2")]
    [InlineData("actormirror_failover_connections_lost_total{traffic_group=\"tg1\",reason=\"device-down\"} 3")]
    [InlineData("actormirror_lease_age_seconds 0.125")]
    [InlineData("actormirror_lease_remaining_seconds 0.375")]
    [InlineData("actormirror_mailbox_messages{actor=\"device\"} 3")]
    [InlineData("actormirror_actor_restarts_total{actor=\"device\"} 1")]
    [InlineData("actormirror_conntrack_entries 321")]
    [InlineData("actormirror_conntrack_entries_limit 262144")]
    [InlineData("actormirror_pool_member_up{virtual_server=\"vs[1]\",pool=\"web\",member=\"10.20.0.11:5000\"} 1")]
    [InlineData("actormirror_pool_member_connections{virtual_server=\"vs[1]\",pool=\"web\",member=\"10.20.0.11:5000\"} 375")]
    [InlineData("actormirror_cluster_link_up{peer=\"b\",link=\"1\"} 0")]
    [InlineData("actormirror_cluster_link_downs_total{peer=\"b\",link=\"1\"} 7")]
    [InlineData("actormirror_alarm{alarm=\"no-mirror\",object=\"tg1\"} 1")]
    [InlineData("actormirror_traffic_group_role{traffic_group=\"tg1\",role=\"active\"} 1")]
    [InlineData("actormirror_traffic_group_role{traffic_group=\"tg1\",role=\"mirror\"} 0")]
    [InlineData("actormirror_journal_dropped_total 4")]
    [InlineData("actormirror_ready 1")]
    public async Task What_the_device_counts_is_there(string line) => (await TextAsync()).Split('\n').ShouldContain(l => l.StartsWith(line));

    [Fact]
    public async Task What_is_gone_is_not_shown_any_more_and_a_picture_is_good_for_a_second()
    {
        using var metrics = new DeviceMetrics(_device, _time);
        Encoding.UTF8.GetString((await metrics.TextAsync(default)).Span).ShouldContain("no-mirror");
        _device.Seen = s => s with { Alarms = [] };
        _time.Advance(TimeSpan.FromMilliseconds(999));
        Encoding.UTF8.GetString((await metrics.TextAsync(default)).Span).ShouldContain("no-mirror");
        _time.Advance(TimeSpan.FromMilliseconds(1));
        Encoding.UTF8.GetString((await metrics.TextAsync(default)).Span).ShouldNotContain("no-mirror");
    }

    [Fact]
    public async Task Every_metric_has_the_prefix_and_a_help_and_counters_end_in_total()
    {
        var text = await TextAsync();
        foreach (Match type in Regex.Matches(text, "^# TYPE (?<name>\\S+) (?<kind>\\S+)$", RegexOptions.Multiline))
        {
            var name = type.Groups["name"].Value;
            name.ShouldStartWith("actormirror_");
            text.ShouldContain($"# HELP {name} ");
            name.EndsWith("_total", StringComparison.Ordinal).ShouldBe(type.Groups["kind"].Value == "counter", name);
        }
    }

    [PromtoolFact]
    public async Task Promtool_has_nothing_to_say()
    {
        var start = new ProcessStartInfo(PromtoolFactAttribute.Path!, ["check", "metrics"]) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        using var promtool = Process.Start(start)!;
        var said = (promtool.StandardOutput.ReadToEndAsync(), promtool.StandardError.ReadToEndAsync());
        await promtool.StandardInput.WriteAsync(await TextAsync());
        promtool.StandardInput.Close();
        await promtool.WaitForExitAsync();
        (await said.Item1 + await said.Item2).ShouldBeEmpty();
        promtool.ExitCode.ShouldBe(0);
    }

    private async Task<string> TextAsync()
    {
        using var metrics = new DeviceMetrics(_device, _time);
        return Encoding.UTF8.GetString((await metrics.TextAsync(default)).Span);
    }
}
