using System.Globalization;
using System.Text.Json;
using ActorMirror.Lab.Processes;
using ActorMirror.Lab.Runs;

namespace ActorMirror.Benchmarks.Load;

/// <summary>Starts loads on hosts of the lab, and reads what they say.</summary>
/// <param name="processor">Where they run (taskset(1)); null: anywhere.</param>
internal sealed class LoadHost(Run run, Func<string, string> namespaceOf, string? processor) : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly List<HostProcess> _processes = [];
    private int _starts;

    public IEnumerable<ProcessIdentity> Processes => _processes.Select(p => p.Identity);

    public Task ServeAsync(string host, CancellationToken stop) => ReadyAsync(Start(host, "serve"), stop);

    /// <returns>When all are answered.</returns>
    /// <exception cref="CommandException">It failed, or connections did.</exception>
    public async Task<StormReport> StormAsync(string host, StormOrder order, CancellationToken stop)
    {
        var process = Start(host, "storm", JsonSerializer.Serialize(order, LoadJson.Default.StormOrder));
        var line = await process.Output.ReadLineAsync(stop);
        var report = line is null ? null : JsonSerializer.Deserialize(line, LoadJson.Default.StormReport);
        if (report is null) throw new CommandException($"{process.Name} failed: {process.Tail()}");
        if (!order.Keep) End(process);
        return report.Failed == 0 ? report : throw new CommandException($"{report.Failed} of {order.Total} connections to {order.Target} got no answer");
    }

    public async Task<ProbeHandle> ProbeAsync(string host, string target, int connections, TimeSpan interval, CancellationToken stop)
    {
        var process = Start(host, "probe", target, $"{connections}", interval.TotalMilliseconds.ToString(CultureInfo.InvariantCulture));
        await ReadyAsync(process, stop);
        return new ProbeHandle(process);
    }

    /// <returns>Bytes per second.</returns>
    public async Task<double> BulkAsync(string host, string target, int connections, TimeSpan time, CancellationToken stop)
    {
        var process = Start(host, "bulk", target, $"{connections}", time.TotalSeconds.ToString(CultureInfo.InvariantCulture));
        var line = await process.Output.ReadLineAsync(stop).AsTask().WaitAsync(time + Patience, stop);
        var rate = line is null ? throw new CommandException($"{process.Name} failed: {process.Tail()}") : double.Parse(line, CultureInfo.InvariantCulture);
        End(process);
        return rate;
    }

    public void Dispose()
    {
        foreach (var process in _processes.ToList()) End(process);
    }

    private static async Task ReadyAsync(HostProcess process, CancellationToken stop)
    {
        var line = await process.Output.ReadLineAsync(stop).AsTask().WaitAsync(Patience, stop);
        if (line != "ready") throw new CommandException($"{process.Name} did not start: {process.Tail()}");
    }

    private HostProcess Start(string host, params string[] arguments)
    {
        string[] pinned = processor is null ? [] : ["taskset", "-c", processor];
        var process = HostProcess.Start(
            namespaceOf(host), $"load-{++_starts}", [.. pinned, "dotnet", typeof(LoadHost).Assembly.Location, "load", .. arguments], run.Directory, pipes: true);
        run.Note(process.Identity);
        _processes.Add(process);
        return process;
    }

    private void End(HostProcess process)
    {
        process.Identity.Send(Signal.Kill);
        process.Dispose();
        _processes.Remove(process);
    }
}

/// <summary>A running <see cref="Probe"/>.</summary>
internal sealed class ProbeHandle(HostProcess process)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    /// <summary>What was measured since the last call.</summary>
    public async Task<ProbeReport> ReportAsync()
    {
        await process.Input.WriteLineAsync();
        await process.Input.FlushAsync();
        var line = await process.Output.ReadLineAsync().WaitAsync(Patience);
        return line is null ? throw new CommandException($"{process.Name} failed: {process.Tail()}") : JsonSerializer.Deserialize(line, LoadJson.Default.ProbeReport)!;
    }

    /// <summary>Measures for so long.</summary>
    public async Task<ProbeReport> MeasureAsync(TimeSpan time, CancellationToken stop)
    {
        await ReportAsync();
        await Task.Delay(time, stop);
        return await ReportAsync();
    }
}
