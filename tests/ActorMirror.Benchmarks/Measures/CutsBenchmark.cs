using ActorMirror.Benchmarks.Figures;
using ActorMirror.Benchmarks.Load;
using ActorMirror.Benchmarks.Sites;
using ActorMirror.Domain.Connections;
using ActorMirror.Kernel.Conntrack;
using ActorMirror.Kernel.Namespaces;
using ActorMirror.Lab.Devices;
using ActorMirror.Lab.Networks;
using ActorMirror.Lab.Processes;
using ActorMirror.Lab.Reports;
using ActorMirror.Lab.Scenarios;
using ActorMirror.Lab.Traffic;
using ActorMirror.Management.Contracts;

namespace ActorMirror.Benchmarks.Measures;

/// <summary>
/// The mirror channel is cut again and again at random moments under load, mostly by ending its TCP connection, now and then by taking the mirror's link away;
/// and now and then a connection table is emptied. After each heal the two kernels are compared, entry by entry; at the end the active device is killed.
/// </summary>
internal sealed class CutsBenchmark : IBenchmark
{
    private const int Standing = 50;
    private const double Rate = 100;
    private const int LinkEvery = 20;
    private const int FlushEvery = 25;

    // New attempts to connect begin after a second and come in twice the time each; a taken-away link may have cost some of them.
    private static readonly TimeSpan HealPatience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan LongestWait = TimeSpan.FromMilliseconds(300);

    // A peer that says nothing for a second is given up: a shorter outage would be none.
    private static readonly TimeSpan ShortestOutage = TimeSpan.FromMilliseconds(1_300);
    private static readonly TimeSpan LongestOutage = TimeSpan.FromMilliseconds(2_500);
    private static readonly TimeSpan Again = TimeSpan.FromMilliseconds(100);
    private const int Looks = 50;

    public string Name => "cuts";

    public string Description => "channel cuts under load, the tables compared after each";

    public async Task<BenchmarkReport> RunAsync(BenchmarkOptions options, IRunView view, CancellationToken stop)
    {
        var cuts = options.Count ?? 1_000;
        var seed = options.Seed ?? Environment.TickCount;
        var random = new Random(seed);
        view.Phase($"{cuts} cuts, --seed {seed}");
        var began = Monotonic.Now;
        await using var site = await Site.OpenAsync("pair.conf", view, stop);
        var (active, mirror) = (await site.ActiveAsync(), await site.MirrorAsync());
        foreach (var device in site.Cluster.Devices)
            await Site.InAsync(site.Network.DataPlane(device.Name), stop, "sysctl", "-qw", "net.netfilter.nf_conntrack_tcp_timeout_time_wait=5");
        using var tables = new Tables(site, active, mirror);
        var probe = await site.Load.ProbeAsync("client", Site.Echo, Standing, TimeSpan.FromMilliseconds(50), stop);
        var sources = await site.AddClientAddressesAsync(20, 40, stop);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var load = LoadAsync(site, sources, over.Token);
        var found = new Findings();
        for (var cut = 1; cut <= cuts; cut++)
        {
            await Task.Delay(random.NextDouble() * LongestWait, stop);
            if (load.IsFaulted) await load;
            var flushed = cut % FlushEvery == 0 ? random.Next(2) == 0 ? active : mirror : null;
            if (flushed is not null) await Site.InAsync(site.Network.DataPlane(flushed.Name), stop, "conntrack", "-F");
            var transitions = (await Site.UntilAsync(active, g => g.Mirror is not null, HealPatience, stop)).Mirror!.Transitions;
            var begin = Monotonic.Now;
            await CutAsync(site, active, mirror, isLink: cut % LinkEvery == 0, random, stop);
            await Site.UntilAsync(active, g => g.Mirror is { State: MirrorChannelState.InSync, Complete: true } m && m.Transitions > transitions, HealPatience, stop);
            found.Healed.Add((Monotonic.Now - begin) / (double)Monotonic.Second);
            var (comparison, looks) = await EqualAsync(tables, active, stop);
            found.Add(comparison, looks, flushed is not null);
            if (!comparison.IsEqual) view.Phase($"cut {cut}{(flushed is null ? "" : $", {flushed.Name} flushed")}: {comparison}");
            else if (cut % 50 == 0 || cut == cuts) view.Phase($"{cut} cuts: {comparison.Compared} connections compared at the last, {found.Unequal} times not equal");
        }

        await over.CancelAsync();
        var opened = await load;
        await Site.UntilAsync(active, g => g.Mirror is { LagChanges: 0, State: MirrorChannelState.InSync }, HealPatience, stop);
        var ended = (await probe.ReportAsync()).Ended;
        await site.StepAsync(new Step { Fault = FaultKind.KillSupervisor, Device = active.Name, Measured = false }, stop);
        await Site.UntilAsync(mirror, g => g is { Role: Role.Active, LastPromotion: not null }, HealPatience, stop);
        await Task.Delay(TimeSpan.FromSeconds(3), stop);
        await probe.ReportAsync();
        var last = await probe.MeasureAsync(TimeSpan.FromSeconds(2), stop);
        var silent = last.OldestMs > 1_000 ? last.Unanswered : 0;
        return new BenchmarkReport(Name,
        [
            Row.Of("cuts after which the two kernels did not become equal", "", found.Unequal) with { Rounds = cuts, Bar = "0", Note = $"seed {seed}, {found.Flushes} times with conntrack -F, {opened} connections opened and closed meanwhile" },
            Row.Of("connections compared after a cut", "", found.Compared),
            Row.Of("cut to complete again", "s", found.Healed) with { Rounds = cuts },
            Row.Of("comparisons until equal", "", found.Looks),
            Row.Of("standing connections that ended meanwhile", "", ended) with { Bar = "0" },
            Row.Of($"protected connections lost at the final failover, of {Standing}", "", last.Ended - ended + silent) with { Bar = "0" },
            Row.Of("all of it", "s", (Monotonic.Now - began) / (double)Monotonic.Second),
        ]);
    }

    private static async Task<int> LoadAsync(Site site, string[] sources, CancellationToken stop)
    {
        const int AtOnce = 500;
        var opened = 0;
        try
        {
            while (true)
            {
                await site.Load.StormAsync("client", new StormOrder(Site.Echo, sources, AtOnce, Rate), stop);
                opened += AtOnce;
            }
        }
        catch (OperationCanceledException)
        {
            return opened;
        }
    }

    private static async Task CutAsync(Site site, LabDevice active, LabDevice mirror, bool isLink, Random random, CancellationToken stop)
    {
        if (isLink)
        {
            List<(string, LinkPlan)> link = [(mirror.Name, mirror.Host.Links.First(l => l.Segment == "mirror"))];
            await site.Network.CutAsync(link);
            await Task.Delay(ShortestOutage + random.NextDouble() * (LongestOutage - ShortestOutage), CancellationToken.None);
            await site.Network.HealAsync(link);
            return;
        }

        // Either end may be the one that breaks.
        var port = (await Site.GroupAsync(active))?.Port ?? throw new CommandException($"{active.Name} does not answer");
        var (place, end) = random.Next(2) == 0 ? (active, "dport") : (mirror, "sport");
        await Site.InAsync(site.Network.Host(place.Name), stop, "ss", "-KH", "state", "established", end, "=", $":{port}");
    }

    /// <summary>Compares until both are equal: each time once everything that the active had numbered is acknowledged.</summary>
    private static async Task<(TableComparison Last, int Looks)> EqualAsync(Tables tables, LabDevice active, CancellationToken stop)
    {
        for (var look = 1; ; look++)
        {
            var before = tables.ReadActive();
            var numbered = (await Site.GroupAsync(active))?.Mirror?.SequenceAppended ?? 0;
            await Site.UntilAsync(active, g => g.Mirror is { } m && m.SequenceAcked >= numbered, HealPatience, stop);
            var mirror = tables.ReadMirror();
            var comparison = TableComparison.Of(before, mirror, tables.ReadActive());
            if (comparison.IsEqual || look == Looks) return (comparison, look);
            await Task.Delay(Again, stop);
        }
    }

    private sealed class Findings
    {
        public List<double> Healed { get; } = [];

        public List<double> Compared { get; } = [];

        public List<double> Looks { get; } = [];

        public int Unequal { get; private set; }

        public int Flushes { get; private set; }

        public void Add(TableComparison comparison, int looks, bool flushed)
        {
            Compared.Add(comparison.Compared);
            Looks.Add(looks);
            if (!comparison.IsEqual) Unequal++;
            if (flushed) Flushes++;
        }
    }

    /// <summary>The two kernels' tables, of connections that are confirmed by both sides.</summary>
    private sealed class Tables : IDisposable
    {
        private readonly NamespaceThread[] _threads;
        private readonly ConntrackTable[] _tables;

        public Tables(Site site, params LabDevice[] devices)
        {
            _threads = [.. devices.Select(d => NamespaceThread.Enter(site.Network.DataPlane(d.Name)))];
            _tables = [.. _threads.Select(t => t.Run(ConntrackTable.Open))];
        }

        public Dictionary<ConntrackTuple, Likeness> ReadActive() => Read(_tables[0]);

        public Dictionary<ConntrackTuple, Likeness> ReadMirror() => Read(_tables[1]);

        public void Dispose()
        {
            foreach (var table in _tables) table.Dispose();
            foreach (var thread in _threads) thread.Dispose();
        }

        private static Dictionary<ConntrackTuple, Likeness> Read(ConntrackTable table)
        {
            var found = new Dictionary<ConntrackTuple, Likeness>();
            table.Dump(FlowMark.Ours, FlowMark.OursMask, entries =>
            {
                foreach (ref readonly var entry in entries)
                {
                    if ((entry.Status & ConntrackStatus.Assured) != ConntrackStatus.None) found[entry.Original] = Likeness.Of(entry);
                }
            });
            return found;
        }
    }
}
