using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using ActorMirror.Lab.Benchmarks;
using ActorMirror.Lab.Processes;
using ActorMirror.Lab.Reports;
using ActorMirror.Lab.Scenarios;

namespace ActorMirror.Lab.Commands;

/// <summary><c>amlab bench</c>: figures, not verdicts; exit code 1 when a measurement could not be made.</summary>
internal static class BenchCommands
{
    public static Command Build()
    {
        var json = new Option<string?>("--json") { Description = "Writes the figures to this file." };
        var protect = new Command("protect", "How soon a new connection is in the mirror's kernel, at 500 new ones per second.") { json };
        protect.SetAction(async (result, stop) =>
        {
            try
            {
                var report = await ProtectionBenchmark.RunAsync(ScenarioReader.Read(ScenarioFiles.Find("protect.conf")), new PlainView(Console.Out), stop);
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                    $"{report.N} connections at {report.Rate}/s: p50 {report.P50:F1} ms, p99 {report.P99:F1} ms, max {report.Max:F1} ms, {report.Missing} missing"));
                if (result.GetValue(json) is { } file) await File.WriteAllTextAsync(file, JsonSerializer.Serialize(report, BenchmarkJson.Default.ProtectionReport), stop);
                return report is { N: > 0, Missing: 0 } ? 0 : 1;
            }
            catch (Exception e) when (e is CommandException or TimeoutException or HttpRequestException or ScenarioException)
            {
                await Console.Error.WriteLineAsync(e.Message);
                return 1;
            }
        });
        return new Command("bench", "Measures.") { protect };
    }
}
