using ActorMirror.Lab.Networks;
using ActorMirror.Lab.Processes;
using ActorMirror.Lab.Runs;
using ActorMirror.Lab.Scenarios;

namespace ActorMirror.Lab.Devices;

/// <summary>
/// A device of the lab: a host on which a real daemon runs, with a /run and a /dev/shm of its own, as corosync keeps its pid file and
/// its shared memory at fixed places.
/// </summary>
internal sealed class LabDevice : IDisposable
{
    private const string PrivateMounts = """
        mount -n -t tmpfs -o mode=755 tmpfs "$ROOT"
        mkdir "$ROOT/netns"
        mount -n --rbind /run/netns "$ROOT/netns"
        mount -n --move "$ROOT" /run
        mount -n -t tmpfs -o mode=1777 tmpfs /dev/shm
        """;

    private readonly Run _run;
    private readonly LabNetwork _network;
    private readonly string _directory;
    private readonly string _configuration;
    private readonly LabTrust _trust;
    private readonly string? _processors;
    private readonly HashSet<int> _sessions = [];
    private readonly HashSet<ProcessIdentity> _confined = [];
    private HostProcess? _supervisor;
    private int _starts;

    /// <param name="configuration">The device group's file.</param>
    /// <param name="keyFile">corosync's key, the same for all devices of the run.</param>
    /// <param name="processors">Where its processes run once it has started; null: anywhere.</param>
    public LabDevice(
        Run run, LabNetwork network, HostPlan host, DataPlaneHome home, string configuration, string keyFile, LabTrust trust, string? processors)
    {
        (_run, _network, Host, _trust, _processors) = (run, network, host, trust, processors);
        _directory = Path.Combine(run.Directory, host.Name);
        _configuration = Path.Combine(_directory, "device.conf");
        Directory.CreateDirectory(_directory);
        File.WriteAllText(_configuration, $$"""
            include file("{{configuration}}")
            actormirror {
              device = {{host.Name}}
              cluster.key-file = "{{keyFile}}"
              data-plane.namespace = "{{(home == DataPlaneHome.Own ? network.DataPlane(host.Name) : "host")}}"
            }
            """);
        Control = new ControlClient(Path.Combine(RunDirectory, $"{host.Name}.sock"));
    }

    public HostPlan Host { get; }

    public string Name => Host.Name;

    public ControlClient Control { get; }

    public bool IsStarted { get; private set; }

    private string StateDirectory => Path.Combine(_directory, "state");

    private string RunDirectory => Path.Combine(_directory, "run");

    public ProcessIdentity? Worker => ReadPid("worker.pid");

    public ProcessIdentity? Supervisor => _supervisor?.Identity;

    /// <summary>Every process of the device, whatever started it.</summary>
    public IReadOnlyList<ProcessIdentity> Processes() => Namespaces.Members([_network.Host(Name)]);

    /// <summary>Of those, what the daemon started: a server of the scenario on the same host lives on when the daemon stops.</summary>
    private IEnumerable<ProcessIdentity> DaemonProcesses() => Processes().Where(p => p.Session is { } session && _sessions.Contains(session));

    public void Start()
    {
        Directory.CreateDirectory(RunDirectory);
        _trust.Join(Name, StateDirectory);
        string[] command =
        [
            "dotnet", DaemonAssembly.Path, "--config", _configuration, "--device", Name,
            "--state-dir", StateDirectory, "--run-dir", RunDirectory, "--allow-faults",
        ];
        _supervisor?.Dispose();

        // A corosync that outlived its supervisor holds the machine's /run and /dev/shm: the next supervisor comes to the same machine.
        var (program, setup) = DaemonProcesses().FirstOrDefault() is { } survivor
            ? ((string[])["nsenter", $"--mount=/proc/{survivor.Id}/ns/mnt", .. command], "")
            : (command, PrivateMounts);
        _supervisor = HostProcess.Start(_network.Host(Name), $"{Name}-{++_starts}", program, _run.Directory, setup);
        _run.Note(_supervisor.Identity);
        _sessions.Add(_supervisor.Identity.Id);
        IsStarted = true;
    }

    /// <summary>
    /// Keeps its processes on the processors of devices, those that are new. Not from their start on: corosync starts at real-time priority, and would have
    /// the leases of the other devices stand still beside it.
    /// </summary>
    public async Task ConfineAsync(CancellationToken stop)
    {
        if (_processors is null) return;
        foreach (var process in DaemonProcesses().Where(_confined.Add))
            await Shell.RunAsync("taskset", ["-acp", _processors, $"{process.Id}"], stop: stop); // it may have ended meanwhile
    }

    /// <summary>It will not come back by itself.</summary>
    public void MarkStopped() => IsStarted = false;

    /// <summary>Ends the daemon in order and waits until its processes are gone.</summary>
    public async Task StopAsync(TimeSpan patience)
    {
        IsStarted = false;
        Supervisor?.Send(Signal.Terminate);
        using var limit = new CancellationTokenSource(patience);
        while (DaemonProcesses().Select(p => p.Id).ToList() is { Count: > 0 } left)
        {
            if (limit.IsCancellationRequested) throw new TimeoutException($"processes {string.Join(", ", left)} of {Name} do not end: {Tail()}");
            await Task.Delay(20, CancellationToken.None);
        }
    }

    /// <summary>What the device kept is gone, as with the machine: a return begins from nothing.</summary>
    public void Forget()
    {
        IsStarted = false;
        foreach (var kept in (string[])["state", "run"])
        {
            var path = Path.Combine(_directory, kept);
            if (Directory.Exists(path)) Directory.Delete(path, recursive: true);
        }
    }

    public string Tail(int lines = 15) => _supervisor?.Tail(lines) ?? "";

    /// <summary>The end of corosync's own log; empty while it has none.</summary>
    public string TailOfCorosync(int lines = 40)
    {
        var path = Path.Combine(_directory, "state", "corosync", "corosync.log");
        return File.Exists(path) ? string.Join('\n', File.ReadLines(path).TakeLast(lines)) : "";
    }

    public void Dispose()
    {
        Control.Dispose();
        _supervisor?.Dispose();
    }

    private ProcessIdentity? ReadPid(string file)
    {
        var path = Path.Combine(RunDirectory, file);
        return File.Exists(path) && int.TryParse(File.ReadAllText(path).Trim(), out var id) ? ProcessIdentity.Of(id) : null;
    }
}
