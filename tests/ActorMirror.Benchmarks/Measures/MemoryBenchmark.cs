using ActorMirror.Benchmarks.Figures;
using ActorMirror.Benchmarks.Machine;
using ActorMirror.Benchmarks.Sites;
using ActorMirror.Lab.Devices;
using ActorMirror.Lab.Processes;
using ActorMirror.Lab.Reports;

namespace ActorMirror.Benchmarks.Measures;

/// <summary>What a mirrored connection takes of the worker's memory on either device: the growth of its anonymous resident memory, all of it, garbage included.</summary>
internal sealed class MemoryBenchmark : IBenchmark
{
    private const int WarmUp = 5_000;

    // The worst moment is past then, and what the collector gives back it has given back.
    private static readonly TimeSpan Settle = TimeSpan.FromSeconds(10);

    public string Name => "memory";

    public string Description => "user-space memory of a mirrored connection";

    public async Task<BenchmarkReport> RunAsync(BenchmarkOptions options, IRunView view, CancellationToken stop)
    {
        var count = options.ConnectionsOr(1_000_000);
        using var limits = ConntrackLimits.Raise(count, 2);
        await using var site = await Site.OpenAsync("pair.conf", view, stop);
        var (active, mirror) = (await site.ActiveAsync(), await site.MirrorAsync());
        await site.Load.ProbeAsync("client", Site.Echo, 1, TimeSpan.FromSeconds(1), stop);
        var crowd = new Crowd(site);
        await crowd.GrowAsync(active, WarmUp, stop);
        LabDevice[] devices = [active, mirror];
        var before = devices.Select(Anonymous).ToList();
        view.Phase($"growing to {count} connections");
        await crowd.GrowAsync(active, WarmUp + count, stop);
        var full = devices.Select(Anonymous).ToList();
        await Task.Delay(Settle, stop);
        var settled = devices.Select(Anonymous).ToList();
        return new BenchmarkReport(Name,
        [
            PerConnection("active", before[0], settled[0]) with { Bar = "≤ 160 B" },
            PerConnection("mirror", before[1], settled[1]) with { Bar = "≤ 160 B" },
            PerConnection("active, at the moment all were protected", before[0], full[0]),
            PerConnection("mirror, at the moment all were protected", before[1], full[1]),
        ]);

        Row PerConnection(string where, long from, long to) => Row.Of($"memory per connection at {count:N0}, {where}", "B", (to - from) / (double)count);
    }

    private static long Anonymous(LabDevice device) =>
        ProcessMemory.Anonymous(device.Worker ?? throw new CommandException($"{device.Name} has no worker: {device.Tail()}"));
}
