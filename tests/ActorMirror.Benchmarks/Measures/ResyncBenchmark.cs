using ActorMirror.Benchmarks.Figures;
using ActorMirror.Benchmarks.Load;
using ActorMirror.Benchmarks.Machine;
using ActorMirror.Benchmarks.Sites;
using ActorMirror.Lab.Devices;
using ActorMirror.Lab.Reports;
using ActorMirror.Lab.Scenarios;
using ActorMirror.Lab.Traffic;
using ActorMirror.Management.Contracts;

namespace ActorMirror.Benchmarks.Measures;

/// <summary>
/// A large table transferred whole, without any throttle, under clients that ask at a steady pace: once on demand, to a mirror that has it already, and once to a
/// machine that was replaced, whose kernel has to make every entry.
/// </summary>
internal sealed class ResyncBenchmark : IBenchmark
{
    private const int Standing = 20;

    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    public string Name => "resync";

    public string Description => "a full resync, unthrottled, and what clients feel of it";

    public async Task<BenchmarkReport> RunAsync(BenchmarkOptions options, IRunView view, CancellationToken stop)
    {
        var count = options.ConnectionsOr(1_000_000);
        using var limits = ConntrackLimits.Raise(count, 3); // the replaced machine's table is taken down while the new one fills
        await using var site = await Site.OpenAsync("pair.conf", view, stop, "mirroring { resync-rate = 0, resync-cpu = 100 }");
        var (active, mirror) = (await site.ActiveAsync(), await site.MirrorAsync());
        var probe = await site.Load.ProbeAsync("client", Site.Echo, Standing, Pace, stop);
        view.Phase($"growing to {count} connections");
        await new Crowd(site).GrowAsync(active, count, stop);
        List<Round> rounds = [];
        for (var round = 0; round < options.RoundsOr(3); round++)
        {
            var without = (await probe.MeasureAsync(Quiet, stop)).P99Ms;
            var again = await MeasureAsync(probe, () => AgainAsync(active, count, stop));
            view.Phase($"on demand in {again.Seconds:0.00} s, p99 {again.P99Ms:0.0} ms, without {without:0.0} ms");
            await site.StepAsync(new Step { Fault = FaultKind.KillDevice, Device = mirror.Name, Measured = false }, stop);
            await site.StepAsync(new Step { Fault = FaultKind.RestartDevice, Device = mirror.Name }, stop);
            var anew = await MeasureAsync(probe, () => AnewAsync(active, stop));
            view.Phase($"to an empty device in {anew.Seconds:0.00} s, p99 {anew.P99Ms:0.0} ms");
            await site.ReadyAsync(stop);
            rounds.Add(new Round(without, again, anew));
        }

        return new BenchmarkReport(Name,
        [
            Row.Of($"full resync of {count:N0} connections, to an empty device", "s", [.. rounds.Select(r => r.Anew.Seconds)]) with { Bar = "≤ 30 s at 1,000,000" },
            Row.Of($"full resync of {count:N0} connections, on demand", "s", [.. rounds.Select(r => r.Again.Seconds)]) with { Bar = "≤ 30 s at 1,000,000" },
            Clients("to an empty device", r => r.Anew.P99Ms),
            Clients("on demand", r => r.Again.P99Ms),
        ]);

        Row Clients(string how, Func<Round, double> during) =>
            Row.Paired($"99th of 100 round trips of clients meanwhile, {how}", "ms", [.. rounds.Select(during)], [.. rounds.Select(r => r.WithoutMs)], "without resync") with { Bar = "ratio ≤ 2" };
    }

    private static async Task<Resync> MeasureAsync(ProbeHandle probe, Func<Task<(long Begin, long End)>> resync)
    {
        await probe.ReportAsync();
        var (begin, end) = await resync();
        return new Resync((end - begin) / (double)Monotonic.Second, (await probe.ReportAsync()).P99Ms);
    }

    /// <summary>Everything is named again, each connection by a change of its own; the copy stays in force meanwhile.</summary>
    private static async Task<(long Begin, long End)> AgainAsync(LabDevice active, int count, CancellationToken stop)
    {
        var before = (await Site.UntilAsync(active, g => g.Mirror is { LagChanges: 0 }, Patience, stop)).Mirror!.SequenceAcked;
        var begin = Monotonic.Now;
        await active.Control.ResyncAsync(Site.Group);
        await Site.UntilAsync(active, g => g.Mirror is { LagChanges: 0 } m && m.SequenceAcked >= before + (ulong)count, Patience, stop);
        return (begin, Monotonic.Now);
    }

    /// <summary>From the channel's first word to the copy's completeness.</summary>
    private static async Task<(long Begin, long End)> AnewAsync(LabDevice active, CancellationToken stop)
    {
        var begun = await Site.UntilAsync(active, g => g.Mirror is { State: MirrorChannelState.Resync }, Patience, stop);
        var done = await Site.UntilAsync(active, g => g.Mirror is { State: MirrorChannelState.InSync, Complete: true }, Patience, stop);
        return (begun.Mirror!.Since.MonotonicNs, done.Mirror!.Since.MonotonicNs);
    }

    private sealed record Resync(double Seconds, double P99Ms);

    private sealed record Round(double WithoutMs, Resync Again, Resync Anew);
}
