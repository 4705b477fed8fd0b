using System.Text.Json;
using System.Text.Json.Nodes;
using ActorMirror.Benchmarks.Figures;

namespace ActorMirror.Tests.Benchmarks;

public sealed class ReportTests
{
    [Fact]
    public void A_report_has_a_name_and_rows_with_the_agreed_fields()
    {
        var report = new BenchmarkReport("cpu", [Row.Paired("time", "µs", [2, 3, 4], [10, 20, 10], "conntrackd FTFW") with { Bar = "≤ 0.125" }]);

        var root = JsonDocument.Parse(report.ToJson()).RootElement;

        root.GetProperty("name").GetString().ShouldBe("cpu");
        var row = root.GetProperty("rows").EnumerateArray().ShouldHaveSingleItem();
        row.GetProperty("what").GetString().ShouldBe("time");
        row.GetProperty("unit").GetString().ShouldBe("µs");
        row.GetProperty("ours").GetDouble().ShouldBe(3);
        row.GetProperty("peer").GetDouble().ShouldBe(10);
        row.GetProperty("peer_name").GetString().ShouldBe("conntrackd FTFW");
        row.GetProperty("ratio").GetDouble().ShouldBe(0.2, "the median of the pairs' ratios 0.2, 0.15 and 0.4");
        row.GetProperty("rounds").GetInt32().ShouldBe(3);
        row.GetProperty("bar").GetString().ShouldBe("≤ 0.125");
    }

    [Fact]
    public void A_figure_without_a_peer_says_so()
    {
        var row = JsonDocument.Parse(new BenchmarkReport("wire", [Row.Of("bytes", "B", 99)]).ToJson()).RootElement.GetProperty("rows")[0];

        row.GetProperty("peer").ValueKind.ShouldBe(JsonValueKind.Null);
        row.GetProperty("peer_name").ValueKind.ShouldBe(JsonValueKind.Null);
        row.GetProperty("ratio").ValueKind.ShouldBe(JsonValueKind.Null);
        row.TryGetProperty("interval", out _).ShouldBeFalse();
    }

    [Fact]
    public void Further_fields_stand_beside_name_and_rows_also_when_reports_are_joined()
    {
        var protect = new BenchmarkReport("protect", [Row.Of("a", "ms", 1)]) { Also = new JsonObject { ["p99_ms"] = 12.5 } };

        BenchmarkReport.Join([protect]).ShouldBeSameAs(protect);
        var root = JsonDocument.Parse(BenchmarkReport.Join([new BenchmarkReport("wire", [Row.Of("b", "B", 2)]), protect]).ToJson()).RootElement;
        root.GetProperty("name").GetString().ShouldBe("all");
        root.GetProperty("rows").GetArrayLength().ShouldBe(2);
        root.GetProperty("p99_ms").GetDouble().ShouldBe(12.5);
    }

    [Fact]
    public void Rounds_come_in_pairs() => Should.Throw<ArgumentException>(() => Row.Paired("a", "b", [1, 2], [1], "c"));

    [Theory]
    [InlineData(null, "")]
    [InlineData(0.0, "0")]
    [InlineData(1234567.0, "1,234,567")]
    [InlineData(12.3456, "12.35")]
    [InlineData(0.01234, "0.01234")]
    [InlineData(-2.5, "-2.500")]
    public void A_table_shows_four_significant_digits(double? value, string text) => RowTable.Text(value).ShouldBe(text);
}
