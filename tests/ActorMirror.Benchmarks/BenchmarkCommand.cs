using System.CommandLine;
using ActorMirror.Benchmarks.Figures;
using ActorMirror.Benchmarks.Measures;
using ActorMirror.Lab.Processes;
using ActorMirror.Lab.Reports;
using ActorMirror.Lab.Scenarios;

namespace ActorMirror.Benchmarks;

/// <summary><c>ambench [NAME]</c>: exit code 0 when everything was measured, 1 when something could not be, 130 when interrupted. A figure that misses its bar is no failure.</summary>
internal static class BenchmarkCommand
{
    public static readonly IReadOnlyList<IBenchmark> All =
    [
        new CpuBenchmark(), new RateBenchmark(), new BulkBenchmark(), new PromotionBenchmark(), new MemoryBenchmark(), new WireBenchmark(), new ResyncBenchmark(),
        new ProtectBenchmark(), new CutsBenchmark(),
    ];

    public static RootCommand Build()
    {
        var name = new Argument<string?>("name") { Description = string.Join("; ", All.Select(b => $"{b.Name}: {b.Description}")) + ". Without it all.", Arity = ArgumentArity.ZeroOrOne };
        var json = new Option<string?>("--json") { Description = "Writes the figures to this file." };
        var rounds = new Option<int?>("--rounds") { Description = "So many rounds in place of the benchmark's own number." };
        var connections = new Option<int?>("--connections") { Description = "So many connections in place of the benchmark's own number." };
        var count = new Option<int?>("--count") { Description = "cuts: so many." };
        var seed = new Option<int?>("--seed") { Description = "cuts: repeats the choices of a run that printed it." };
        var root = new RootCommand("Measures ActorMirror on this machine, in network namespaces.") { name, json, rounds, connections, count, seed };
        root.SetAction(async (result, stop) =>
        {
            var wanted = All.Where(b => result.GetValue(name) is not { } n || b.Name == n).ToList();
            if (wanted.Count == 0)
            {
                await Console.Error.WriteLineAsync($"there is no benchmark \"{result.GetValue(name)}\"; there are {string.Join(", ", All.Select(b => b.Name))}");
                return 2;
            }

            var options = new BenchmarkOptions(result.GetValue(rounds), result.GetValue(connections), result.GetValue(count), result.GetValue(seed));
            return await RunAsync(wanted, options, result.GetValue(json), stop);
        });
        return root;
    }

    private static async Task<int> RunAsync(IReadOnlyList<IBenchmark> wanted, BenchmarkOptions options, string? json, CancellationToken stop)
    {
        List<BenchmarkReport> reports = [];
        var failed = false;
        foreach (var benchmark in wanted)
        {
            try
            {
                var report = await benchmark.RunAsync(options, new PlainView(Console.Out), stop);
                RowTable.Write(report.Name, report.Rows);
                reports.Add(report);
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                return 130; // as a shell says it: ended by SIGINT
            }
            catch (Exception e) when (e is CommandException or TimeoutException or HttpRequestException or ScenarioException or IOException)
            {
                await Console.Error.WriteLineAsync($"{benchmark.Name}: {e.Message}");
                failed = true;
            }
        }

        if (json is not null && reports.Count > 0) await File.WriteAllTextAsync(json, BenchmarkReport.Join(reports).ToJson() + "\n", stop);
        return failed ? 1 : 0;
    }
}
