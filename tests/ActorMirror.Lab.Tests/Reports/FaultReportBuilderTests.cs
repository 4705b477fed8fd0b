using System.Text.Json;
using ActorMirror.Lab.Reports;
using ActorMirror.Lab.Scenarios;
using ActorMirror.Lab.Traffic;

namespace ActorMirror.Lab.Tests.Reports;

public sealed class FaultReportBuilderTests
{
    [Fact]
    public void Gaps_are_those_of_the_groups_that_moved()
    {
        var report = Build([Flow(1, "tg1", 700), Flow(2, "tg1", 900), Flow(3, "tg2", 50)], moved: ["tg1"]);

        report.TcpGapMs.ShouldBe(new Gap(800, 900));
    }

    [Fact]
    public void Gaps_are_those_of_all_when_nothing_moved() =>
        Build([Flow(1, "tg1", 60), Flow(2, "tg2", 50)], moved: []).TcpGapMs.ShouldBe(new Gap(55, 60));

    [Fact]
    public void Protected_is_what_a_mirror_acknowledged_for_the_clients_socket()
    {
        var report = Build([Flow(1, "tg1", 60), Flow(2, "tg1", 60)], moved: []);

        report.Protected.ShouldBe(1);
        report.Connections.Select(c => c.Protected).ShouldBe([true, false]);
    }

    [Fact]
    public void A_lost_connection_fails_the_fault_with_its_reason()
    {
        var report = Build([Flow(1, "tg1", 60), Flow(2, "tg1", 60) with { Survived = false, Reason = "Reset", BytesLost = 128 }], moved: ["tg1"]);

        (report.Eligible, report.Survived, report.Lost, report.BytesLost).ShouldBe((2, 1, 1, 128));
        report.Problems.ShouldBe(["1 eligible connections lost (1 Reset)"]);
    }

    [Fact]
    public void Nothing_eligible_proves_nothing() => Build([], moved: ["tg1"]).Ok.ShouldBeFalse();

    [Theory]
    [InlineData("Reset", 4000.0, true)]
    [InlineData("Reset", 6000.0, false)]
    [InlineData(null, null, false)]
    public void Unmirrored_connections_must_see_a_reset_in_time(string? reason, double? after, bool ok)
    {
        var exposed = Flow(2, "tg1", 60) with { Mirrored = false, Eligible = false, Survived = false, Reason = reason, EndedAfterMs = after };
        var expectation = new Expectation { ResetUnmirroredWithin = TimeSpan.FromSeconds(5) };

        Build([Flow(1, "tg1", 60), exposed], moved: ["tg1"], expectation).Ok.ShouldBe(ok);
        Build([Flow(1, "tg1", 60), exposed], moved: [], expectation).Ok.ShouldBeTrue();
    }

    [Fact]
    public void The_report_has_the_promised_shape()
    {
        var report = new LabReport { Faults = [Build([Flow(1, "tg1", 60)], moved: ["tg1"])], Settings = new ClusterTimes(200, 240, 600) };
        using var json = JsonDocument.Parse(JsonSerializer.Serialize(report, ReportJson.Default.LabReport));

        Names(json.RootElement).ShouldBe(["ok", "faults", "settings"]);
        Names(json.RootElement.GetProperty("settings")).ShouldBe(["token", "consensus", "lease"]);
        var fault = json.RootElement.GetProperty("faults")[0];
        Names(fault).ShouldBe(
        [
            "name", "eligible", "owned", "protected", "survived", "lost", "bytes_lost", "reordered", "tcp_gap_ms", "udp_gap_ms", "udp_sent", "udp_lost",
            "detection_ms", "promotion_ms", "connections",
        ]);
        Names(fault.GetProperty("tcp_gap_ms")).ShouldBe(["median", "max"]);
        Names(fault.GetProperty("connections")[0]).ShouldBe(["id", "proto", "eligible", "protected", "survived", "gap_ms", "bytes"]);
        fault.GetProperty("connections")[0].GetProperty("proto").GetString().ShouldBe("tcp");
    }

    private static string[] Names(JsonElement element) => [.. element.EnumerateObject().Select(p => p.Name)];

    private static FaultReport Build(IReadOnlyList<FlowReport> flows, string[] moved, Expectation? expectation = null) => FaultReportBuilder.Build(
        new FaultEvidence
        {
            Name = "kill-daemon",
            Flows = flows,
            Moved = moved.ToHashSet(),
            Acknowledged = new HashSet<(FlowProtocol, string)> { (FlowProtocol.Tcp, "10.0.0.1:1"), (FlowProtocol.Udp, "10.0.0.1:2") },
        },
        expectation ?? new Expectation { MaxLost = 0 });

    private static FlowReport Flow(uint id, string group, double gap) => new()
    {
        Id = id,
        Flow = "f",
        Group = group,
        Protocol = FlowProtocol.Tcp,
        Mirrored = true,
        Local = $"10.0.0.1:{id}",
        Target = "10.0.0.9:1",
        AgeMs = 2000,
        Eligible = true,
        Survived = true,
        GapMs = gap,
        Bytes = 1000,
        Sent = 10,
    };
}
