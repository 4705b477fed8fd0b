using ActorMirror.Benchmarks.Figures;
using ActorMirror.Benchmarks.Load;
using ActorMirror.Benchmarks.Peers;
using ActorMirror.Benchmarks.Sites;
using ActorMirror.Lab.Processes;
using ActorMirror.Lab.Reports;

namespace ActorMirror.Benchmarks.Measures;

/// <summary>
/// How many connections a second, opened and closed as fast as answers come, in rounds that alternate: through a virtual server with mirroring, through the
/// same device's without, and through a router with the same rules and no daemon.
/// </summary>
internal sealed class RateBenchmark : IBenchmark
{
    // A round has client addresses of its own: a port is not used twice while its last connection is remembered.
    private const int MostRounds = 40;

    public string Name => "rate";

    public string Description => "connection rate with mirroring, and of the same kernel NAT without";

    public async Task<BenchmarkReport> RunAsync(BenchmarkOptions options, IRunView view, CancellationToken stop)
    {
        var rounds = Math.Min(options.RoundsOr(9), MostRounds);
        var count = options.ConnectionsOr(15_000);
        var split = ProcessorSplit.OfThisMachine();
        await using var site = await Site.OpenAsync("pair.conf", view, stop, processors: split);
        var active = await site.ActiveAsync();
        var router = KernelRouter.First(site);
        await router.LoadRulesOfAsync(site.Network.DataPlane(active.Name), stop);
        await router.ServeAsync(stop);
        Way[] ways =
        [
            new(Site.Echo, await site.AddClientAddressesAsync(20, rounds + 1, stop)),
            new(Site.EchoUnmirrored, await site.AddClientAddressesAsync(70, rounds + 1, stop)),
            new(router.Echo, await site.AddClientAddressesAsync(KernelRouter.FirstClient, rounds + 1, stop)),
        ];
        for (var round = 0; round <= rounds; round++)
        {
            for (var i = 0; i < ways.Length; i++)
            {
                var way = ways[(round + i) % ways.Length]; // each is first in turn
                var storm = await site.Load.StormAsync("client", new StormOrder(way.Target, [way.Clients[round]], count), stop);
                if (round > 0) way.Rates.Add(count / storm.Seconds); // not of what runs for the first time
            }

            if (round > 0) view.Phase($"round {round}: {ways[0].Rates[^1]:0}/s mirrored, {ways[1].Rates[^1]:0}/s not mirrored, {ways[2].Rates[^1]:0}/s kernel alone");
        }

        var where = split.Traffic is null
            ? "all on one processor"
            : "clients, servers and the kernel's forwarding for them on one processor, the daemons on the others";
        return new BenchmarkReport(Name,
        [
            Row.Paired("connections opened and closed, mirrored", "1/s", ways[0].Rates, ways[2].Rates, "the same rules, no daemon") with { Bar = "ratio ≥ 0.95", Note = where },
            Row.Paired("connections opened and closed, mirrored", "1/s", ways[0].Rates, ways[1].Rates, "the same device, mirror = off"),
        ]);
    }

    private sealed record Way(string Target, string[] Clients)
    {
        public List<double> Rates { get; } = [];
    }
}
