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
/// The active device's daemon is killed, at three sizes of its table. What is read is the new active's own clock: from the end of the wait for the old active's
/// lease or fencing, which no size changes, to addresses up and announced. Clients go on asking meanwhile.
/// </summary>
internal sealed class PromotionBenchmark : IBenchmark
{
    private const int Standing = 20;

    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan After = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan MoveWithin = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    public string Name => "promotion";

    public string Description => "from decision to addresses up and announced, by size of the table";

    public async Task<BenchmarkReport> RunAsync(BenchmarkOptions options, IRunView view, CancellationToken stop)
    {
        var most = options.ConnectionsOr(1_000_000);
        var rounds = options.RoundsOr(3);
        int[] sizes = [1_000, .. new[] { 100_000, most }.Where(s => s > 1_000 && s <= most).Distinct()];
        using var limits = ConntrackLimits.Raise(most, 3);
        await using var site = await Site.OpenAsync("trio.conf", view, stop);
        var probe = await site.Load.ProbeAsync("client", Site.Echo, Standing, Pace, stop);
        var crowd = new Crowd(site);
        await FailAsync(site, probe, crowd, view, stop); // what runs for the first time takes longer
        var found = new Dictionary<int, List<Promotion>>();
        foreach (var size in sizes)
        {
            view.Phase($"growing to {size} connections");
            await crowd.GrowAsync(await site.ActiveAsync(), size, stop);
            found[size] = [];
            for (var round = 0; round < rounds; round++) found[size].Add(await FailAsync(site, probe, crowd, view, stop));
        }

        return new BenchmarkReport(Name, [.. sizes.SelectMany(size => Rows(size, found[size], found[sizes[0]], size == most))]);
    }

    private static IEnumerable<Row> Rows(int size, List<Promotion> found, List<Promotion> smallest, bool isMost)
    {
        var name = $"{size:N0} connections";
        var took = Row.Of($"promotion at {name}", "ms", [.. found.Select(f => f.PromotionMs)]);
        if (!ReferenceEquals(found, smallest))
        {
            var peer = Statistics.Median([.. smallest.Select(f => f.PromotionMs)]);
            took = took with { Peer = peer, PeerName = "at 1,000", Ratio = took.Ours / peer, Bar = isMost ? "ratio ≤ 1.5" : null, Interval = null };
        }

        yield return took;
        yield return Row.Of($"decision to addresses up, the wait for lease or fencing included, at {name}", "ms", [.. found.Select(f => f.WaitMs + f.PromotionMs)]);
        yield return Row.Of($"99th of 100 round trips of clients in the 10 s after, at {name}", "ms", [.. found.Select(f => f.ClientsMs)]);
        yield return Row.Of($"protected again by the new mirror, at {name}", "s", [.. found.Select(f => f.ProtectedAgainSeconds)]) with { Bar = isMost ? "≤ 30 s at 1,000,000" : null };
        if (found.Sum(f => f.Ended) is > 0 and var ended) yield return Row.Of($"clients' connections that ended, at {name}", "", ended);
    }

    private static async Task<Promotion> FailAsync(Site site, ProbeHandle probe, Crowd crowd, IRunView view, CancellationToken stop)
    {
        var old = await site.ActiveAsync();
        var heir = await site.MirrorAsync();
        var epoch = (await Site.GroupAsync(heir))?.LastPromotion?.Epoch;
        var ended = (await probe.ReportAsync()).Ended;
        await site.StepAsync(new Step { Fault = FaultKind.KillSupervisor, Device = old.Name, Measured = false }, stop);
        var promotion = (await Site.UntilAsync(heir, g => g.LastPromotion is { } p && p.Epoch != epoch, MoveWithin, stop)).LastPromotion!;
        await probe.ReportAsync();
        var report = Task.Run(async () =>
        {
            await Task.Delay(After, stop);
            return await probe.ReportAsync();
        }, stop);
        await Site.ProtectedAsync(heir, crowd.Count, Patience, stop);
        var again = (Monotonic.Now - promotion.AtMonotonicNs) / (double)Monotonic.Second;
        var clients = await report;
        view.Phase($"{old.Name} to {heir.Name} with {crowd.Count} connections: {promotion.PromotionMs:0.0} ms after a wait of {promotion.WaitMs:0.0} ms, clients' p99 {clients.P99Ms:0.0} ms, protected again after {again:0.0} s");
        await site.StepAsync(new Step { Fault = FaultKind.RestartDevice, Device = old.Name }, stop);
        await site.ReadyAsync(stop);
        await Site.ProtectedAsync(heir, crowd.Count, Patience, stop);
        return new Promotion(promotion.PromotionMs, promotion.WaitMs, clients.P99Ms, again, clients.Ended - ended);
    }

    private sealed record Promotion(double PromotionMs, double WaitMs, double ClientsMs, double ProtectedAgainSeconds, int Ended);
}
