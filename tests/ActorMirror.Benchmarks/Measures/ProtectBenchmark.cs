using System.Text.Json.Nodes;
using ActorMirror.Benchmarks.Figures;
using ActorMirror.Benchmarks.Sites;
using ActorMirror.Lab.Processes;
using ActorMirror.Lab.Reports;
using ActorMirror.Lab.Scenarios;
using ActorMirror.Lab.Traffic;

namespace ActorMirror.Benchmarks.Measures;

/// <summary>
/// How long after its handshake a connection is in the kernel of the mirror: the client's own clock against the kernel's events on the
/// next-active device. It waits until the active shows all of them
/// as protected, that is acknowledged by the mirror, and fails if it does not.
/// </summary>
internal sealed class ProtectBenchmark : IBenchmark
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(50);

    public string Name => "protect";

    public string Description => "how soon a new connection is in the mirror's kernel";

    public async Task<BenchmarkReport> RunAsync(BenchmarkOptions options, IRunView view, CancellationToken stop)
    {
        var scenario = ScenarioReader.Read(Site.FileOf("protect.conf"));
        await using var lab = await ScenarioRunner.OpenAsync(scenario, view, stop);
        foreach (var step in scenario.Steps) await lab.StepAsync(step, stop);
        var mirror = await lab.Cluster.ResolveAsync($"next-active({Site.Group})");
        using var watch = InjectionWatch.Start(lab.Network.DataPlane(mirror.Name));

        // What is compiled at its first use is none of the steady state; and the watch is known to hear.
        view.Phase($"{Site.Group} is mirrored to {mirror.Name}: warming up");
        await OpenAsync(lab, Flow("warm"), stop);
        if (watch.Count == 0) throw new CommandException("no event of the mirror's kernel was heard");

        var moderate = await MeasureAsync("fresh-500");
        var fast = await MeasureAsync("fresh-2000");
        return new BenchmarkReport(Name, [.. moderate.Rows(null), .. fast.Rows("p99 ≤ 20 ms")])
        {
            Also = moderate.Fields,
        };

        FlowSpec Flow(string name)
        {
            var flow = scenario.Traffic!.Flows[name].Spec(name);
            return flow with { Count = options.ConnectionsOr(flow.Count) };
        }

        async Task<Protection> MeasureAsync(string name)
        {
            var flow = Flow(name);
            view.Phase($"opening {flow.Count} connections, {flow.Rate} per second");
            var measured = await OpenAsync(lab, flow, stop);
            await HeardAsync(watch, measured, stop);
            var seconds = (measured[^1].OpenedAt - measured[0].OpenedAt) / (double)Monotonic.Second;
            return new Protection(
                Math.Round(measured.Count / seconds, 1), [.. measured.Select(c => watch.InjectedAt(c.Local) is { } at ? Monotonic.Milliseconds(at - c.OpenedAt) : (double?)null)]);
        }
    }

    /// <returns>The new connections, oldest first, all of them protected.</returns>
    private static async Task<List<OpenFlow>> OpenAsync(ScenarioRunner lab, FlowSpec flow, CancellationToken stop)
    {
        var before = (await lab.Client.ProgressAsync()).Open;
        await lab.Client.OpenAsync(flow);
        var (open, total) = (0, before + flow.Count);
        using var patience = new CancellationTokenSource(Patience + TimeSpan.FromSeconds(flow.Count / flow.Rate));
        while ((open = (await lab.Client.ProgressAsync()).Open) < total)
        {
            if (patience.IsCancellationRequested) throw new TimeoutException($"only {open} of {total} connections opened");
            await Task.Delay(Look, stop);
        }

        var active = await lab.Cluster.ResolveAsync($"active({Site.Group})");
        await Site.UntilAsync(active, g => g.Counts.Protected >= total, Patience, stop);
        return [.. (await lab.Client.ConnectionsAsync()).OrderBy(c => c.Id).Skip(before)];
    }

    /// <summary>What was acknowledged a moment ago is heard a moment later; what the kernel dropped never comes.</summary>
    private static async Task HeardAsync(InjectionWatch watch, List<OpenFlow> connections, CancellationToken stop)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (!watch.HasLostEvents && !patience.IsCancellationRequested && connections.Exists(c => watch.InjectedAt(c.Local) is null)) await Task.Delay(Look, stop);
    }

    /// <param name="Rate">New connections per second, as they were opened.</param>
    /// <param name="Lags">Milliseconds; null: protected, but not heard of in the mirror's kernel: the kernel dropped the event.</param>
    private sealed record Protection(double Rate, IReadOnlyList<double?> Lags)
    {
        private readonly double[] _known = [.. Lags.OfType<double>().DefaultIfEmpty(double.NaN)];

        private int Missing => Lags.Count(l => l is null);

        public JsonObject Fields => new()
        {
            ["rate"] = Rate,
            ["n"] = Lags.Count - Missing,
            ["p50_ms"] = Statistics.Quantile(_known, 0.5),
            ["p99_ms"] = Statistics.Quantile(_known, 0.99),
            ["max_ms"] = Statistics.Quantile(_known, 1),
            ["missing"] = Missing,
        };

        public IEnumerable<Row> Rows(string? bar)
        {
            yield return Of("median", 0.5);
            yield return Of("99th of 100", 0.99) with { Bar = bar, Note = Missing > 0 ? $"{Missing} are protected, but their event was not heard" : null };

            Row Of(string which, double share) => new()
            {
                What = $"handshake to the mirror's kernel at {Rate:0} new per second, {which} of {_known.Length}",
                Unit = "ms",
                Ours = Statistics.Quantile(_known, share),
                Rounds = 1,
            };
        }
    }
}
