using ActorMirror.Benchmarks.Figures;
using ActorMirror.Benchmarks.Peers;
using ActorMirror.Benchmarks.Sites;
using ActorMirror.Lab.Processes;
using ActorMirror.Lab.Reports;

namespace ActorMirror.Benchmarks.Measures;

/// <summary>Bytes a second through a virtual server with mirroring, the same device's without, and a router with the same rules and no daemon; in turns, and no round is left out.</summary>
internal sealed class BulkBenchmark : IBenchmark
{
    private const int Streams = 4;

    private static readonly TimeSpan Time = TimeSpan.FromSeconds(3);

    public string Name => "bulk";

    public string Description => "bulk throughput with mirroring and without";

    public async Task<BenchmarkReport> RunAsync(BenchmarkOptions options, IRunView view, CancellationToken stop)
    {
        var rounds = options.RoundsOr(21);
        await using var site = await Site.OpenAsync("pair.conf", view, stop, processors: ProcessorSplit.OfThisMachine());
        var active = await site.ActiveAsync();
        await RunAsync(Site.Sink); // warm
        List<double> mirrored = [], unmirrored = [];
        for (var round = 0; round < rounds; round++)
        {
            // Who is first takes turns: what drifts within a pair is on neither's side.
            var isFirst = round % 2 == 0;
            var first = await RunAsync(isFirst ? Site.Sink : Site.SinkUnmirrored);
            var second = await RunAsync(isFirst ? Site.SinkUnmirrored : Site.Sink);
            mirrored.Add(isFirst ? first : second);
            unmirrored.Add(isFirst ? second : first);
            view.Phase($"round {round + 1}: {mirrored[^1] / 1e6:0} MB/s mirrored, {unmirrored[^1] / 1e6:0} MB/s not");
        }

        return new BenchmarkReport(Name,
        [
            Row.Paired($"bulk throughput, {Streams} streams", "MB/s", [.. mirrored.Select(r => r / 1e6)], [.. unmirrored.Select(r => r / 1e6)], "the same device, mirror = off")
                with { Bar = "median ≥ 0.97, upper end ≥ 0.99" },
        ]);

        Task<double> RunAsync(string target) => site.Load.BulkAsync("client", target, Streams, Time, stop);
    }
}
