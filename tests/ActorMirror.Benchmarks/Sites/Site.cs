using System.Globalization;
using ActorMirror.Benchmarks.Load;
using ActorMirror.Lab.Devices;
using ActorMirror.Lab.Networks;
using ActorMirror.Lab.Processes;
using ActorMirror.Lab.Reports;
using ActorMirror.Lab.Runs;
using ActorMirror.Lab.Scenarios;
using ActorMirror.Management.Contracts;

namespace ActorMirror.Benchmarks.Sites;

/// <summary>A network of the lab with real devices, ready, and what benchmarks ask of it. Disposing takes everything away; so does the lab's reaper where this process is killed.</summary>
internal sealed class Site : IAsyncDisposable
{
    public const string Group = "tg1";
    public const string Echo = "10.10.0.100:5000";
    public const string EchoUnmirrored = "10.10.0.100:5002";
    public const string Sink = "10.10.0.100:5009";
    public const string SinkUnmirrored = "10.10.0.100:5010";

    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(20);

    private readonly ScenarioRunner _lab;
    private readonly string? _settings;

    private Site(ScenarioRunner lab, ProcessorSplit processors, string? settings)
    {
        (_lab, _settings) = (lab, settings);
        Load = new LoadHost(lab.Run, lab.Network.Host, processors.Traffic);
    }

    public Run Run => _lab.Run;

    public LabNetwork Network => _lab.Network;

    public LabCluster Cluster => _lab.Cluster;

    public LoadHost Load { get; }

    /// <param name="file">Of this folder.</param>
    /// <param name="settings">HOCON below <c>actormirror</c> that is said last.</param>
    /// <param name="processors">The loads on the first processor, the devices on the others: they stand for machines of their own.</param>
    public static async Task<Site> OpenAsync(string file, IRunView view, CancellationToken stop, string? settings = null, ProcessorSplit? processors = null)
    {
        var scenario = ScenarioReader.Read(FileOf(file));
        string? changed = null;
        if (settings is not null)
        {
            changed = Path.GetTempFileName();
            await File.WriteAllTextAsync(changed, $"include file(\"{scenario.Configuration}\")\nactormirror {{\n{settings}\n}}\n", stop);
            scenario = scenario with { Configuration = changed };
        }

        var site = new Site(await ScenarioRunner.OpenAsync(scenario, view, stop), processors ?? ProcessorSplit.None, changed);
        try
        {
            foreach (var step in scenario.Steps) await site._lab.StepAsync(step, stop);
            if (processors?.Devices is { } devices)
            {
                foreach (var process in site.Cluster.Devices.SelectMany(d => d.Processes()))
                    await Shell.RunAsync("taskset", ["-acp", devices, $"{process.Id}"], stop: stop);
            }

            foreach (var host in scenario.Hosts.Keys.Where(h => h.StartsWith("server", StringComparison.Ordinal))) await site.Load.ServeAsync(host, stop);
            return site;
        }
        catch
        {
            await site.DisposeAsync();
            throw;
        }
    }

    /// <exception cref="ScenarioException">Not run from a clone.</exception>
    public static string FileOf(string name)
    {
        for (var directory = new DirectoryInfo(AppContext.BaseDirectory); directory is not null; directory = directory.Parent)
        {
            var path = Path.Combine(directory.FullName, "Sites", name);
            if (File.Exists(path)) return path;
        }

        throw new ScenarioException($"Sites/{name} is not above {AppContext.BaseDirectory}");
    }

    public Task<LabDevice> ActiveAsync() => Cluster.ResolveAsync($"active({Group})");

    public Task<LabDevice> MirrorAsync() => Cluster.ResolveAsync($"next-active({Group})");

    public Task StepAsync(Step step, CancellationToken stop) => _lab.StepAsync(step, stop);

    public Task ReadyAsync(CancellationToken stop) => Cluster.WaitAsync(ClusterObstacle.ToReady, TimeSpan.FromMinutes(3), stop);

    /// <summary>The group as a device sees it; null while it does not answer.</summary>
    public static async Task<TrafficGroupReport?> GroupAsync(LabDevice device) =>
        (await device.Control.StatusAsync())?.TrafficGroups.FirstOrDefault(g => g.Name == Group);

    /// <summary>Until the active has so many acknowledged connections.</summary>
    public static Task ProtectedAsync(LabDevice active, int count, TimeSpan patience, CancellationToken stop) =>
        UntilAsync(active, g => g.Counts.Protected >= count && g.Mirror is { State: MirrorChannelState.InSync, Complete: true }, patience, stop);

    /// <summary>Asks again and again.</summary>
    /// <exception cref="TimeoutException">It says how the group stands.</exception>
    public static async Task<TrafficGroupReport> UntilAsync(LabDevice device, Func<TrafficGroupReport, bool> condition, TimeSpan patience, CancellationToken stop)
    {
        using var limit = new CancellationTokenSource(patience);
        TrafficGroupReport? last = null;
        while (true)
        {
            var now = await GroupAsync(device);
            if (now is not null && condition(now)) return now;
            last = now ?? last;
            if (limit.IsCancellationRequested) throw new TimeoutException($"{device.Name} after {patience.TotalSeconds} s: {last?.Role}, {last?.Counts}, {last?.Mirror}");
            await Task.Delay(Look, stop);
        }
    }

    /// <summary>A command on a host, or in a device's data plane.</summary>
    public static Task<string> InAsync(string networkNamespace, CancellationToken stop, params string[] command) =>
        Shell.RequireAsync("ip", ["netns", "exec", networkNamespace, .. command], stop: stop);

    /// <summary>How long the kernel remembers a connection that was closed, there: two minutes tell nothing that two seconds do not.</summary>
    public static Task RememberAsync(string networkNamespace, int seconds, CancellationToken stop) =>
        InAsync(networkNamespace, stop, "sysctl", "-qw", $"net.netfilter.nf_conntrack_tcp_timeout_time_wait={seconds}");

    /// <summary>Until these kernels hold no TCP connection any more.</summary>
    public static async Task ForgottenAsync(IReadOnlyList<string> namespaces, CancellationToken stop)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        foreach (var place in namespaces)
        {
            while (await CountAsync(place, stop) is > 0 and var left)
            {
                if (limit.IsCancellationRequested)
                    throw new TimeoutException($"{left} connections are still in {place}, as\n{await InAsync(place, stop, "sh", "-c", "conntrack -L -p tcp 2>/dev/null | head -n 3")}");
                await Task.Delay(10 * Look, stop);
            }
        }
    }

    /// <summary>
    /// TCP connections of the kernel's table there, by reading it: entries whose time is over are taken out now and then, up to a minute later, but at once where
    /// somebody reads (ctnetlink_dump_table).
    /// </summary>
    public static async Task<int> CountAsync(string networkNamespace, CancellationToken stop) =>
        int.Parse(await InAsync(networkNamespace, stop, "sh", "-c", "conntrack -L -p tcp 2>/dev/null | wc -l"), CultureInfo.InvariantCulture);

    /// <summary>More addresses of the client, from this one on: the ports of one are too few.</summary>
    public async Task<string[]> AddClientAddressesAsync(int first, int count, CancellationToken stop)
    {
        string[] addresses = [.. Enumerable.Range(first, count).Select(n => $"10.10.0.{n}")];
        foreach (var address in addresses) await Shell.RequireAsync("ip", ["-n", Network.Host("client"), "addr", "add", $"{address}/24", "dev", "eth0"], stop: stop);
        return addresses;
    }

    public async ValueTask DisposeAsync()
    {
        Load.Dispose();
        await _lab.DisposeAsync();
        if (_settings is not null) File.Delete(_settings);
    }
}
