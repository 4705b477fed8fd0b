using System.Text.Json;
using System.Text.Json.Serialization;
using ActorMirror.Lab.Processes;
using ActorMirror.Lab.Reports;
using ActorMirror.Lab.Runs;
using ActorMirror.Lab.Scenarios;
using ActorMirror.Lab.Traffic;

namespace ActorMirror.Lab.Benchmarks;

/// <summary>
/// How long after its handshake a connection is in the kernel of the mirror: the client's own clock against conntrack's events on the
/// next-active device. It waits until the active shows all of them
/// as protected, that is acknowledged by the mirror, and fails if it does not.
/// </summary>
internal static class ProtectionBenchmark
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(50);

    /// <exception cref="CommandException">The group has no mirror, or a program of the lab failed.</exception>
    /// <exception cref="TimeoutException">Connections do not open, or are not protected.</exception>
    public static async Task<ProtectionReport> RunAsync(Scenario scenario, IRunView view, CancellationToken stop)
    {
        var fresh = scenario.Traffic!.Flows["fresh"].Spec("fresh");
        await using var lab = await ScenarioRunner.OpenAsync(scenario, view, stop);
        foreach (var step in scenario.Steps) await lab.StepAsync(step, stop);
        var mirror = await lab.Cluster.ResolveAsync($"next-active({fresh.Group})");
        using var watch = InjectionWatch.Start(lab.Run, lab.Network.DataPlane(mirror.Name));

        // What is compiled at its first use is none of the steady state; and the watch is known to hear.
        view.Phase($"{fresh.Group} is mirrored to {mirror.Name}: warming up");
        var warm = scenario.Traffic.Flows["warm"].Spec("warm");
        await OpenAsync(lab.Client, warm, warm.Count, stop);
        var active = await lab.Cluster.ResolveAsync($"active({fresh.Group})");
        await UntilAsync(async () => (await active.Control.ProtectedAsync(fresh.Group))?.Total >= warm.Count, "the warm-up is not protected", stop);
        if (watch.Count == 0) throw new CommandException("conntrack heard nothing on the mirror");

        view.Phase($"opening {fresh.Count} connections, {fresh.Rate} per second");
        await OpenAsync(lab.Client, fresh, warm.Count + fresh.Count, stop);
        await UntilAsync(async () => (await active.Control.ProtectedAsync(fresh.Group))?.Total >= warm.Count + fresh.Count, "not all are protected", stop);
        var measured = (await lab.Client.ConnectionsAsync()).OrderBy(c => c.Id).Skip(warm.Count).ToList();
        var seconds = (measured[^1].OpenedAt - measured[0].OpenedAt) / (double)Monotonic.Second;
        return ProtectionReport.Of(
            Math.Round(measured.Count / seconds, 1), measured.Select(c => watch.InjectedAt(c.Local) is { } at ? Monotonic.Milliseconds(at - c.OpenedAt) : (double?)null));
    }

    private static async Task OpenAsync(TrafficDriver client, FlowSpec flow, int total, CancellationToken stop)
    {
        await client.OpenAsync(flow);
        var open = 0;
        using var patience = new CancellationTokenSource(Patience + TimeSpan.FromSeconds(flow.Count / flow.Rate));
        while ((open = (await client.ProgressAsync()).Open) < total)
        {
            if (patience.IsCancellationRequested) throw new TimeoutException($"only {open} of {total} connections opened");
            await Task.Delay(Look, stop);
        }
    }

    private static async Task UntilAsync(Func<Task<bool>> condition, string otherwise, CancellationToken stop)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (!await condition())
        {
            if (patience.IsCancellationRequested) throw new TimeoutException(otherwise);
            await Task.Delay(Look, stop);
        }
    }
}

/// <param name="Rate">New connections per second, as they were opened.</param>
/// <param name="N">Connections measured.</param>
/// <param name="Missing">Protected, but not heard of in the mirror's kernel: conntrack lost the event.</param>
internal sealed record ProtectionReport(
    double Rate, int N, [property: JsonPropertyName("p50_ms")] double P50, [property: JsonPropertyName("p99_ms")] double P99,
    [property: JsonPropertyName("max_ms")] double Max, int Missing)
{
    public static ProtectionReport Of(double rate, IEnumerable<double?> lags)
    {
        var all = lags.ToList();
        var sorted = all.OfType<double>().Order().ToList();
        return sorted.Count == 0
            ? new ProtectionReport(rate, 0, 0, 0, 0, all.Count)
            : new ProtectionReport(rate, sorted.Count, Rank(0.5), Rank(0.99), sorted[^1], all.Count - sorted.Count);

        double Rank(double share) => sorted[Math.Min(sorted.Count - 1, (int)Math.Ceiling(share * sorted.Count) - 1)];
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(ProtectionReport))]
internal sealed partial class BenchmarkJson : JsonSerializerContext;
