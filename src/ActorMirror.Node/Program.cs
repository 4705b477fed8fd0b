using System.CommandLine;
using ActorMirror.Configuration;
using ActorMirror.Kernel.Processes;
using ActorMirror.Node;
using ActorMirror.Node.Supervisor;
using ActorMirror.Node.Worker;
using Microsoft.Extensions.Logging;

var config = new Option<FileInfo>("--config") { Required = true, Recursive = true, Description = "The HOCON configuration of the device group" };
var device = new Option<string?>("--device") { Recursive = true, Description = "This device's name, in place of actormirror.device in the file" };
var state = new Option<string>("--state-dir")
{
    Recursive = true,
    Description = "Where the journal and corosync keep their state",
    DefaultValueFactory = _ => "/var/lib/actormirror",
};
var run = new Option<string>("--run-dir")
{
    Recursive = true,
    Description = "Where pid files and the control socket are",
    DefaultValueFactory = _ => "/run/actormirror",
};
var faults = new Option<bool>("--allow-faults") { Recursive = true, Description = "Accept requests to kill actors (for tests)" };

var worker = new Command("worker", "The process that does the work; started by the supervisor") { Hidden = true };
var root = new RootCommand("ActorMirror: a load balancer whose connections outlive the device that served them. Supervises corosync and one worker.")
{
    config, device, state, run, faults, worker,
};

root.SetAction((result, cancellation) => RunAsync("supervisor", result, (options, model, logs) =>
    new SupervisorProcess(options, model, logs).RunAsync(cancellation)));
worker.SetAction((result, cancellation) => RunAsync("worker", result, (options, model, logs) =>
    new WorkerProcess(options, model, logs).RunAsync(cancellation)));
return await root.Parse(args).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = TimeSpan.FromSeconds(20) });

async Task<int> RunAsync(string role, ParseResult result, Func<NodeOptions, ActorMirror.Domain.Devices.DeviceGroupModel, ILoggerFactory, Task<int>> body)
{
    var options = new NodeOptions(
        result.GetRequiredValue(config).FullName, result.GetValue(device),
        Path.GetFullPath(result.GetRequiredValue(state)), Path.GetFullPath(result.GetRequiredValue(run)), result.GetValue(faults));
    using var logs = LoggerFactory.Create(builder => builder.AddFilter("Microsoft.AspNetCore", LogLevel.Warning).AddSimpleConsole(console =>
    {
        console.SingleLine = true;
        console.TimestampFormat = "HH:mm:ss.fff ";
        console.ColorBehavior = Microsoft.Extensions.Logging.Console.LoggerColorBehavior.Disabled;
    }));
    var log = logs.CreateLogger(role);
    var (model, problems) = ConfigurationLoader.Load(options.Config, options.Device);
    foreach (var problem in problems)
    {
        if (problem.Severity == ProblemSeverity.Error) log.LogError("{Problem}", problem);
        else if (role == "supervisor") log.LogWarning("{Problem}", problem);
    }

    if (model is null)
    {
        log.LogError("The configuration has errors; nothing was started. Check it with: amctl config check {File}", options.Config);
        return 1;
    }

    if (!ProcessPriority.TryRaise()) log.LogWarning("No priority over other processes (CAP_SYS_NICE): on a busy machine the lease may end early");
    if (!MemoryLock.TryHold()) log.LogWarning("Memory may not be locked (CAP_IPC_LOCK): a failover may wait for the disk");
    try
    {
        Directory.CreateDirectory(options.StateDirectory);
        Directory.CreateDirectory(options.RunDirectory);
        return await body(options, model, logs);
    }
    catch (OperationCanceledException)
    {
        return 0;
    }
    catch (Exception failure)
    {
        log.LogCritical(failure, "The {Role} cannot go on", role);
        return 2;
    }
}
