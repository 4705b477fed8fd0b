using ActorMirror.Benchmarks.Figures;
using ActorMirror.Benchmarks.Load;
using ActorMirror.Benchmarks.Machine;
using ActorMirror.Benchmarks.Peers;
using ActorMirror.Benchmarks.Sites;
using ActorMirror.Lab.Processes;
using ActorMirror.Lab.Reports;
using ActorMirror.Lab.Traffic;

namespace ActorMirror.Benchmarks.Measures;

/// <summary>
/// Processor time of a mirrored connection, both devices together, of ours and of conntrackd in the same network, in turns, by the same clients at the same pace.
/// Told in two ways: what the daemons' own processes take (a control group each, with what the kernel does on their behalf, softirqs included; what they take
/// without traffic is measured just before and subtracted), and what the whole machine takes more than it does with a kernel that nobody listens to.
/// </summary>
internal sealed class CpuBenchmark : IBenchmark
{
    private const string Peer = "conntrackd FTFW";
    private const double Rate = 1_000;

    private static readonly TimeSpan Idle = TimeSpan.FromSeconds(5);

    public string Name => "cpu";

    public string Description => "processor time of a mirrored connection, beside conntrackd's";

    public async Task<BenchmarkReport> RunAsync(BenchmarkOptions options, IRunView view, CancellationToken stop)
    {
        var rounds = options.RoundsOr(5);
        var count = options.ConnectionsOr(10_000);
        await using var site = await Site.OpenAsync("pair.conf", view, stop);
        using var peer = await ConntrackdPair.StartAsync(site, null, stop);
        using var ours = new CpuAccount("actormirror");
        using var theirs = new CpuAccount("conntrackd");
        ours.Add(site.Cluster.Devices.SelectMany(d => d.Processes()));
        theirs.Add(peer.Processes);

        // Entries are to come and go within a round on both sides.
        string[] devices = [site.Network.DataPlane((await site.ActiveAsync()).Name), site.Network.DataPlane((await site.MirrorAsync()).Name)];
        string[] routers = [peer.Active.Namespace, peer.Standby.Namespace];
        foreach (var place in devices.Concat(routers)) await Site.RememberAsync(place, 2, stop);
        var near = await site.AddClientAddressesAsync(20, rounds + 1, stop);
        var far = await site.AddClientAddressesAsync(KernelRouter.FirstClient, 2 * (rounds + 1), stop);
        List<Cost> mine = [], other = [], none = [];
        for (var round = 0; round <= rounds; round++)
        {
            var cost = await CostAsync(ours, Site.Echo, near[round], devices, mirrors: true);
            var peerCost = await CostAsync(theirs, peer.Active.Echo, far[round], routers, mirrors: true);
            if (round == 0) continue; // what runs for the first time
            mine.Add(cost);
            other.Add(peerCost);
            view.Phase($"round {round}: {cost.Daemons:0.0} µs ours, {peerCost.Daemons:0.0} µs {Peer}; machine {cost.Machine:0} and {peerCost.Machine:0} µs");
        }

        // The same router with nobody who listens: what the traffic itself takes of the machine.
        peer.Dispose();
        for (var round = 0; round < rounds; round++) none.Add(await CostAsync(theirs, peer.Active.Echo, far[rounds + 1 + round], routers, mirrors: false));
        var traffic = Statistics.Median([.. none.Select(n => n.Machine)]);
        return new BenchmarkReport(Name,
        [
            Row.Paired($"processor time per connection at {Rate:0} new per second, daemons of active and standby", "µs", [.. mine.Select(c => c.Daemons)], [.. other.Select(c => c.Daemons)], Peer)
                with { Bar = "ratio ≤ 0.125" },
            Row.Paired("the same, whole machine less the traffic alone", "µs", [.. mine.Select(c => c.Machine - traffic)], [.. other.Select(c => c.Machine - traffic)], Peer)
                with { Bar = "ratio ≤ 0.125" },
            Row.Of("the traffic alone, whole machine", "µs", [.. none.Select(n => n.Machine)]),
            Row.Of("daemons of active and standby without traffic", "% of a processor", [.. mine.Select(c => c.IdlePercent)]),
        ]);

        async Task<Cost> CostAsync(CpuAccount account, string target, string source, string[] places, bool mirrors)
        {
            var idle = await WindowAsync(account, () => Task.Delay(Idle, stop));
            var busy = await WindowAsync(account, async () =>
            {
                await site.Load.StormAsync("client", new StormOrder(target, [source], count, Rate), stop);
                if (mirrors && await Site.CountAsync(places[^1], stop) is var copies && copies < Rate) throw new CommandException($"only {copies} connections are on the standby");
                await Site.ForgottenAsync(places, stop);
            });
            var share = busy.Seconds / idle.Seconds;
            return new Cost((busy.Daemons - idle.Daemons * share) * 1e6 / count, (busy.Machine - idle.Machine * share) * 1e6 / count, idle.Daemons / idle.Seconds * 100);
        }
    }

    private static async Task<Window> WindowAsync(CpuAccount account, Func<Task> work)
    {
        var (begin, daemons, machine) = (Monotonic.Now, account.Usage, account.UsageOfMachine);
        await work();
        return new Window((Monotonic.Now - begin) / (double)Monotonic.Second, (account.Usage - daemons).TotalSeconds, (account.UsageOfMachine - machine).TotalSeconds);
    }

    private sealed record Window(double Seconds, double Daemons, double Machine);

    /// <param name="Daemons">Microseconds of a connection.</param>
    /// <param name="Machine">The same, of everything that ran.</param>
    private sealed record Cost(double Daemons, double Machine, double IdlePercent);
}
