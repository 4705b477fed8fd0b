using System.Diagnostics;
using ActorMirror.Actors.Devices;
using ActorMirror.Actors.Leases;
using ActorMirror.Actors.Runtime;
using ActorMirror.Cluster;
using ActorMirror.Cluster.Corosync;
using ActorMirror.Cluster.Standalone;
using ActorMirror.DataPlane.Host;
using ActorMirror.DataPlane.Lease;
using ActorMirror.Domain.Cluster;
using ActorMirror.Domain.Devices;
using ActorMirror.Domain.TrafficGroups;
using ActorMirror.Journal;
using ActorMirror.Management;
using Microsoft.Extensions.Logging;

namespace ActorMirror.Node.Worker;

/// <summary>The composition of the worker: kernel, engine, actors, management; and its clean stop, roles first.</summary>
internal sealed class WorkerProcess(NodeOptions options, DeviceGroupModel model, ILoggerFactory logs)
{
    private static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(5);

    private readonly ILogger log = logs.CreateLogger("worker");

    public async Task<int> RunAsync(CancellationToken stop)
    {
        using var host = new DataPlaneHost(model, logs.CreateLogger("data-plane"));
        host.Prepare();
        using var gate = new LeaseGate(host.Thread);
        var lease = new LeaseKeeper(model, gate, logs.CreateLogger("lease"));
        await using var engine = NewEngine();
        await using var journal = OpenJournal();
        await using var runtime = new DeviceRuntime(model, host, lease, options, logs);
        runtime.DecidedObserver = new NoticeRecorder(journal, NameOf, TimeProvider.System).Record;
        var context = new DeviceContext
        {
            Model = model,
            Engine = engine,
            Lease = lease,
            Environment = runtime,
            Time = TimeProvider.System,
            Log = logs.CreateLogger("cluster"),
            Replica = ClusterReplica.Create(model.Self.Id, Incarnation(), Declaration.From(model, journal.HighestEpochs.Values.DefaultIfEmpty(Epoch.None).Max())),
        };
        await using var device = new ActorCell<DeviceMessage>("device", self => new DeviceActor(self, context), logs.CreateLogger("device"));
        runtime.Device = device;
        lease.Granted = () => device.Tell(new DeviceMessage.LeaseGranted());
        lease.Lost = reason => device.Tell(new DeviceMessage.LeaseLost(reason));
        using var links = new LinkTracking(model, host, device, log);
        await using var management = await ManagementServer.StartAsync(
            options.Socket(model.Self.Name), new DeviceView(model, context, runtime, lease, journal, TimeProvider.System),
            new DeviceControl(model, device, runtime, options.AllowFaults), logs);
        await engine.StartAsync(lease, stop);
        var pump = PumpAsync(engine, device);
        log.LogInformation("Device {Device} of group {Group} runs", model.Self.Name, model.GroupName);
        await Task.Delay(Timeout.Infinite, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

        log.LogInformation("Stopping: roles are given up first");
        var left = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        device.Tell(new DeviceMessage.Leave(left));
        await Task.WhenAny(left.Task, Task.Delay(StopPatience, CancellationToken.None));
        lease.Stop();
        await engine.DisposeAsync();
        await pump;
        host.Leave();
        return 0;
    }

    private SqliteJournal OpenJournal()
    {
        var journal = SqliteJournal.Open(options.Journal(model.Self.Name), TimeProvider.System);
        if (journal.Status is { Health: not JournalHealth.Ok } status) log.LogWarning("The journal is not well; traffic does not depend on it. {Text}", status.Text);
        return journal;
    }

    private string NameOf(DeviceId device) => model.Devices.FirstOrDefault(d => d.Id == device)?.Name ?? device.ToString();

    private IClusterEngine NewEngine() => model.Cluster.Engine switch
    {
        ClusterEngineKind.Corosync => new CorosyncEngine(model.Self.Id, model.Cluster.Heartbeat, logs.CreateLogger<CorosyncEngine>()),
        ClusterEngineKind.Standalone => new StandaloneEngine(model.Self.Id, model.Cluster.Heartbeat, Incarnation(), TimeProvider.System),
        _ => throw new UnreachableException(),
    };

    /// <summary>The order of the engine is the order of the mailbox; while it is full the engine's own bound holds the rest back.</summary>
    private static async Task PumpAsync(IClusterEngine engine, ActorCell<DeviceMessage> device)
    {
        await foreach (var ordered in engine.Events.ReadAllAsync())
        {
            while (!device.Tell(new DeviceMessage.Ordered(ordered))) await Task.Delay(TimeSpan.FromMilliseconds(1));
        }
    }

    private static ulong Incarnation() => (ulong)TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds() * 1_000_000UL;
}
