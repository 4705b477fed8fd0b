using System.Diagnostics;
using ActorMirror.Actors.Alarms;
using ActorMirror.Actors.Devices;
using ActorMirror.Actors.Leases;
using ActorMirror.Actors.Runtime;
using ActorMirror.Cluster;
using ActorMirror.Cluster.Corosync;
using ActorMirror.Cluster.Standalone;
using ActorMirror.DataPlane.Flows;
using ActorMirror.DataPlane.Host;
using ActorMirror.DataPlane.Lease;
using ActorMirror.Domain.Cluster;
using ActorMirror.Domain.Devices;
using ActorMirror.Domain.TrafficGroups;
using ActorMirror.Journal;
using ActorMirror.Kernel.Processes;
using ActorMirror.Management;
using ActorMirror.Management.Tokens;
using Microsoft.Extensions.Logging;

namespace ActorMirror.Node.Worker;

/// <summary>The composition of the worker: kernel, engine, actors, management; and its clean stop, roles first.</summary>
internal sealed class WorkerProcess(NodeOptions options, DeviceGroupModel model, ILoggerFactory logs)
{
    private readonly ILogger log = logs.CreateLogger("worker");

    public async Task<int> RunAsync(CancellationToken stop)
    {
        using var host = new DataPlaneHost(model, options.HostChangesFile, logs.CreateLogger("data-plane"));
        host.Prepare();
        using var renewing = new LeaseGate(host.Thread);
        using var changing = new LeaseGate(host.Thread);
        var lease = new LeaseKeeper(model.Self.Id, model.Cluster.Lease, renewing, changing, TimeProvider.System, logs.CreateLogger("lease"));
        await using var journal = OpenJournal();
        await using var stopping = stop.Register(() => log.LogInformation("Stopping: roles are given up first"));
        try
        {
            await ServeAsync(host, lease, journal, stop);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Nothing is left that could change the tables.
        }

        host.Leave();
        log.LogInformation("Stopped");
        return 0;
    }

    /// <summary>
    /// Serves until it is to stop. What is made last ends first: no more commands, no more decisions, then every gate is shut and every address gone,
    /// and only then the others see this device leave, and take over.
    /// </summary>
    /// <exception cref="OperationCanceledException">It was to stop.</exception>
    private async Task ServeAsync(DataPlaneHost host, LeaseKeeper lease, SqliteJournal journal, CancellationToken stop)
    {
        await using var hook = NewHook();
        await using var engine = NewEngine();
        var trust = new DeviceTrust(model, options.StateDirectory, TimeProvider.System, logs.CreateLogger("trust"));
        await using var runtime = new DeviceRuntime(model, host, lease, trust, options, logs);
        if (hook is not null) runtime.RoleObserver = hook.Tell;
        var failovers = new FailoverTally();
        runtime.DecidedObserver = failovers.Record;
        runtime.DecidedObserver += new NoticeRecorder(journal, model.NameOf, TimeProvider.System).Record;
        runtime.OfflineObserver = journal.Record;
        var context = new DeviceContext
        {
            Model = model,
            Engine = engine,
            Lease = lease,
            Environment = runtime,
            Time = TimeProvider.System,
            Log = logs.CreateLogger("cluster"),
            Replica = ClusterReplica.Create(
                model.Self.Id, Incarnation(), Declaration.From(model, journal.HighestEpochs.Values.DefaultIfEmpty(Epoch.None).Max(), trust.Revoked, journal.Offline)),
        };
        await using var device = new ActorCell<DeviceMessage>("device", self => new DeviceActor(self, context), logs.CreateLogger("device"));
        runtime.Device = device;
        lease.Granted = () => device.Tell(new DeviceMessage.LeaseGranted());
        lease.Lost = reason => device.Tell(new DeviceMessage.LeaseLost(reason));
        var alarms = new AlarmBook(TimeProvider.System, logs.CreateLogger("alarm"));
        using var watch = new AlarmWatch(model, alarms, context, runtime, trust, journal, TimeProvider.System, log);
        using var links = new LinkTracking(model, host, device, log);
        using var conflicts = new ConflictWatch(model, host, runtime, lease, alarms, TimeProvider.System, log);
        using var arrivals = new ArrivalWatch(model, host, runtime, alarms, TimeProvider.System, log);
        using var gauge = new TableGauge(host.Thread);
        await using var api = new DeviceApi(
            new DeviceView(model, context, runtime, lease, journal, alarms, new DeviceCounts(model, gauge, failovers), TimeProvider.System),
            new DeviceControl(model, context, device, runtime, options.AllowFaults), new TokenStore(options.Tokens(model.Self.Name), TimeProvider.System),
            new JournalAudit(journal), TimeProvider.System);
        await using var management = await ManagementServer.StartAsync(options.Socket(model.Self.Name), api, logs, PeerCredentials.UserOf);
        await using var remote = new ApiHost(model, api, trust, alarms, logs);
        WarmUp.Prepare();
        MemoryLock.TryLoad(); // before there is a lease: every thread waits for it, for a few hundred milliseconds
        await engine.StartAsync(lease, stop);
        log.LogInformation("Device {Device} of group {Group} runs", model.Self.Name, model.GroupName);
        await PumpAsync(engine, device, stop);
    }

    private SqliteJournal OpenJournal()
    {
        var journal = SqliteJournal.Open(options.Journal(model.Self.Name), TimeProvider.System);
        if (journal.Status is { Health: not JournalHealth.Ok } status) log.LogWarning("The journal is not well; traffic does not depend on it. {Text}", status.Text);
        return journal;
    }

    private NotifyHook? NewHook() =>
        model.NotifyHook is { } path ? new NotifyHook(path, model.Self.Name, NotifyHook.Limit, logs.CreateLogger("notify-hook")) : null;

    private IClusterEngine NewEngine() => model.Cluster.Engine switch
    {
        ClusterEngineKind.Corosync => new CorosyncEngine(model, logs.CreateLogger<CorosyncEngine>()),
        ClusterEngineKind.Standalone => new StandaloneEngine(model.Self.Id, model.Cluster.Heartbeat, Incarnation(), TimeProvider.System),
        _ => throw new UnreachableException(),
    };

    /// <summary>The order of the engine is the order of the mailbox; while it is full the engine's own bound holds the rest back.</summary>
    private static async Task PumpAsync(IClusterEngine engine, ActorCell<DeviceMessage> device, CancellationToken stop)
    {
        await foreach (var ordered in engine.Events.ReadAllAsync(stop))
        {
            while (!device.Tell(new DeviceMessage.Ordered(ordered))) await Task.Delay(TimeSpan.FromMilliseconds(1), stop);
        }
    }

    private static ulong Incarnation() => (ulong)TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds() * 1_000_000UL;
}
