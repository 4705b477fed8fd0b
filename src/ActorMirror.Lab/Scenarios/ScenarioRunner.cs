using System.Security.Cryptography;
using ActorMirror.Configuration;
using ActorMirror.Lab.Devices;
using ActorMirror.Lab.Faults;
using ActorMirror.Lab.Networks;
using ActorMirror.Lab.Processes;
using ActorMirror.Lab.Reports;
using ActorMirror.Lab.Runs;
using ActorMirror.Lab.Traffic;

namespace ActorMirror.Lab.Scenarios;

/// <summary>Runs one scenario from an empty machine to an empty machine.</summary>
internal sealed class ScenarioRunner : IAsyncDisposable
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(100);

    private readonly Scenario _scenario;
    private readonly IRunView _view;
    private readonly Run _run = Run.Begin();
    private readonly Reaper _reaper;
    private readonly LabNetwork _network;
    private readonly LabTrust _trust;
    private readonly LabCluster _cluster;
    private readonly FaultInjector _injector;
    private readonly HostCommands _commands;
    private readonly ProcessorSplit _processors;
    private readonly List<HostProcess> _servers = [];
    private TrafficDriver? _client;
    private LabDevice? _lastDevice;
    private int _lost;
    private string _phase = "";

    private ScenarioRunner(Scenario scenario, IRunView view)
    {
        (_scenario, _view) = (scenario, view);
        _reaper = Reaper.Start(_run);
        _network = new LabNetwork(_run, scenario.Network);
        _injector = new FaultInjector(_network);
        _commands = new HostCommands(_run, _network, scenario.Commands);
        _processors = scenario.Traffic?.Processor == TrafficProcessor.Own ? ProcessorSplit.OfThisMachine() : ProcessorSplit.None;
        var devices = scenario.Network.Hosts.Where(h => h.DataPlane).ToList();
        var key = devices.Count > 0 ? WriteKey() : "";
        _trust = new LabTrust(scenario.Configuration ?? "");
        _cluster = new LabCluster([.. devices.Select(h => new LabDevice(_run, _network, h, scenario.DataPlane, scenario.Configuration!, key, _trust, _processors.Devices))]);
    }

    public Run Run => _run;

    public LabNetwork Network => _network;

    public LabCluster Cluster => _cluster;

    /// <exception cref="CommandException">The scenario has no traffic section.</exception>
    public TrafficDriver Client => _client ?? throw new CommandException("the scenario has no traffic section");

    /// <summary>Builds the network only, for a caller with steps of its own; disposing takes everything away.</summary>
    public static async Task<ScenarioRunner> OpenAsync(Scenario scenario, IRunView view, CancellationToken stop)
    {
        var runner = new ScenarioRunner(scenario, view);
        try
        {
            await runner.BuildAsync(stop);
            return runner;
        }
        catch
        {
            await runner.DisposeAsync();
            throw;
        }
    }

    /// <summary>The report says what failed; what is thrown is cancellation alone.</summary>
    public static async Task<LabReport> RunAsync(Scenario scenario, IRunView view, CancellationToken stop)
    {
        List<FaultReport> faults = [];
        List<string> problems = [];
        await using var runner = new ScenarioRunner(scenario, view);
        try
        {
            await runner.BuildAsync(stop);
            foreach (var step in scenario.Steps)
            {
                var fault = await runner.StepAsync(step, stop);
                if (scenario.Expect.MaxLost is not null && await runner.LostAsync() is { } lost)
                    problems.Add($"{lost}, seen after: {runner._phase}");
                if (fault is null) continue;
                faults.Add(fault);
                view.Fault(fault);
                if (!fault.Ok) problems.AddRange(runner.Logs());
            }
        }
        catch (Exception e) when (e is CommandException or TimeoutException or IOException or HttpRequestException)
        {
            problems.Add(e.Message);
            problems.AddRange(runner.Logs());
        }

        return new LabReport { Faults = faults, Problems = problems, Settings = Times(scenario) };
    }

    public async ValueTask DisposeAsync()
    {
        Phase("tearing down");
        _client?.Dispose();
        foreach (var server in _servers) server.Dispose();
        _commands.Dispose();
        _cluster.Dispose();
        _trust.Dispose();
        await KeepLogsAsync();
        await Cleaner.CleanAsync(_run);
        _reaper.Dispose();
    }

    private async Task BuildAsync(CancellationToken stop)
    {
        Phase("building the network");
        await _network.BuildAsync(stop);
        foreach (var (name, server) in _scenario.Servers)
            _servers.Add(await TrafficDriver.StartServerAsync(_run, _network.Host(server.Host), name, server.Tcp, server.Udp, Wildcards(server.Host), _processors.Traffic, stop));
        if (_scenario.Traffic is { } traffic) _client = TrafficDriver.Start(_run, _network.Host(traffic.Host), "traffic", _processors.Traffic);
    }

    /// <returns>What a measured fault did; null for other steps.</returns>
    public async Task<FaultReport?> StepAsync(Step step, CancellationToken stop)
    {
        switch (step)
        {
            case { Start: { } names }:
                Phase($"starting {string.Join(", ", names)}");
                foreach (var name in names) _cluster[name].Start();
                break;
            case { Stop: { } name }:
                Phase($"stopping {name}");
                await _cluster[name].StopAsync(step.Within);
                break;
            case { WaitUntil: { } condition }:
                await WaitAsync(condition, step.Within, stop);
                break;
            case { Open: { } flows }:
                Phase($"opening {string.Join(", ", flows)}");
                foreach (var flow in flows) await Client.OpenAsync(_scenario.Traffic!.Flows[flow].Spec(flow));
                break;
            case { Run: { } command }:
                Phase($"running {command}");
                _view.Output(command, await _commands.RunAsync(command, stop));
                break;
            case { End: { } command }:
                await _commands.EndAsync(command);
                break;
            case { SpreadGroups: true }:
                await SpreadAsync(step.Within, stop);
                break;
            case { Pause: { } time }:
                await Task.Delay(time, stop);
                break;
            case { Fault: { } fault }:
                return await FaultAsync(fault, step, stop);
            default:
                throw new CommandException("a step without a verb");
        }

        return null;
    }

    private void Phase(string text)
    {
        _phase = text;
        _view.Phase(text);
    }

    /// <summary>What was lost since the last look without a fault to blame; null: nothing.</summary>
    private async Task<string?> LostAsync()
    {
        if (_client is null) return null;
        var progress = await _client.ProgressAsync();
        var more = progress.LostBetweenFaults - _lost;
        _lost = progress.LostBetweenFaults;
        return more <= 0 ? null : $"{more} connections were lost without a fault ({progress.LostReasons} since the start)";
    }

    private async Task<FaultReport?> FaultAsync(FaultKind fault, Step step, CancellationToken stop)
    {
        var device = step.Device is { } target ? await _cluster.ResolveAsync(target)
            : step.TrafficGroup is { } group ? await _cluster.ResolveAsync($"active({group})")
            : _lastDevice ?? throw new CommandException($"{fault}: no device given");
        _lastDevice = device;
        Phase($"{FaultMeasurement.Name(fault)} on {device.Name}");
        if (step.Measured && _client is not null)
            return await new FaultMeasurement(_cluster, _injector, _client, step, device).RunAsync(step.Expect ?? _scenario.Expect, stop);

        await _injector.InjectAsync(step, device);
        return null;
    }

    private async Task WaitAsync(Condition condition, TimeSpan patience, CancellationToken stop)
    {
        Phase($"until {FaultMeasurement.Name(condition)}");
        if (condition == Condition.Flowing)
        {
            using var limit = new CancellationTokenSource(patience);
            for (var p = await Client.ProgressAsync(); p.Opening > 0 || p.Open == 0; p = await Client.ProgressAsync())
            {
                if (limit.IsCancellationRequested) throw new TimeoutException($"{p.Opening} flows do not open, {p.Open} are open, {p.Ended} ended");
                await Task.Delay(Look, stop);
            }

            await Client.RehearseAsync();
        }
        else
        {
            await _cluster.WaitAsync(condition == Condition.Ready ? ClusterObstacle.ToReady : ClusterObstacle.ToProtected, patience, stop);
            foreach (var device in _cluster.Devices) await device.ConfineAsync(stop);
        }
    }

    /// <summary>Two groups on one device: the later one goes to a device without any.</summary>
    private async Task SpreadAsync(TimeSpan patience, CancellationToken stop)
    {
        while (true)
        {
            var actives = LabCluster.Actives(await _cluster.StatusAsync());
            var crowd = actives.GroupBy(a => a.Value).FirstOrDefault(g => g.Count() > 1);
            var free = _cluster.Devices.FirstOrDefault(d => d.IsStarted && !actives.Values.Contains(d.Name));
            if (crowd is null || free is null) return;
            var group = crowd.Select(a => a.Key).Order().Last();
            Phase($"moving {group} to {free.Name}");
            await _cluster[crowd.Key].Control.ForceStandbyAsync(group, free.Name);
            await _cluster.WaitAsync(ClusterObstacle.ToReady, patience, stop);
        }
    }

    private string[] Wildcards(string host) => _network.Plan.Hosts.Any(h => h.Name == host && h.HasIpv6) ? ["0.0.0.0", "::"] : ["0.0.0.0"];

    /// <summary>A fresh authkey(5): 256 random bytes, for the owner alone.</summary>
    private string WriteKey()
    {
        var path = Path.Combine(_run.Directory, "authkey");
        using var file = new FileStream(path, new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            UnixCreateMode = UnixFileMode.UserRead,
        });
        file.Write(RandomNumberGenerator.GetBytes(256));
        return path;
    }

    /// <summary>The cluster's timing as the devices read it; null where there are none.</summary>
    private static ClusterTimes? Times(Scenario scenario)
    {
        if (scenario is not { Configuration: { } file, Devices: { IsEmpty: false } devices }) return null;
        return ConfigurationLoader.Load(file, devices.Keys.First()).Model?.Cluster is { } cluster
            ? new ClusterTimes(cluster.Token.TotalMilliseconds, cluster.Consensus.TotalMilliseconds, cluster.Lease.TotalMilliseconds)
            : null;
    }

    /// <summary>What the devices last said, for whoever looks for the cause of a failure.</summary>
    private IEnumerable<string> Logs()
    {
        foreach (var device in _cluster.Devices)
        {
            if (device.Tail() is { Length: > 0 } log) yield return $"log of {device.Name}:\n{log}";
            if (device.TailOfCorosync() is { Length: > 0 } ring) yield return $"corosync's log of {device.Name}:\n{ring}";
        }
    }

    /// <summary>Logs survive the run where AMLAB_LOGS says so: for a person who looks for the cause of a failure.</summary>
    private async Task KeepLogsAsync()
    {
        if (Environment.GetEnvironmentVariable("AMLAB_LOGS") is not { Length: > 0 } kept) return;
        Directory.CreateDirectory(kept);
        foreach (var log in Directory.EnumerateFiles(_run.Directory, "*.log", SearchOption.AllDirectories))
        {
            await using var from = File.OpenRead(log);
            await using var to = File.Create(Path.Combine(kept, Path.GetRelativePath(_run.Directory, log).Replace('/', '-')));
            await from.CopyToAsync(to);
        }
    }
}
