using System.Diagnostics;
using System.Globalization;
using ActorMirror.Cluster.Corosync;
using ActorMirror.Cluster.Corosync.Daemon;
using ActorMirror.Domain.Devices;
using ActorMirror.Kernel.Processes;
using Microsoft.Extensions.Logging;

namespace ActorMirror.Node.Supervisor;

/// <summary>
/// Parent of corosync and of the worker. Corosync outlives a killed worker, so the other devices hear of it within milliseconds; the
/// supervisor fences this device meanwhile and says so, then starts a new worker, which begins as standby.
/// </summary>
internal sealed class SupervisorProcess(NodeOptions options, DeviceGroupModel model, ILoggerFactory logs)
{
    private static readonly TimeSpan RestartDelay = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan Look = TimeSpan.FromSeconds(1);

    private readonly LifeSign lifeSign = new(options.LifeSignFile, TimeProvider.System);
    private readonly ILogger log = logs.CreateLogger("supervisor");

    public async Task<int> RunAsync(CancellationToken stop)
    {
        if (!StartChecks.Pass(model, options.Config, log)) return StartChecks.ExitCode;
        EndPredecessor();
        WritePid("supervisor", Environment.ProcessId);
        using var fence = new Fence(model, log);
        fence.Close();
        await using var corosync = model.Cluster.Engine == ClusterEngineKind.Corosync
            ? new CorosyncProcess(model, options.StateDirectory, logs.CreateLogger<CorosyncProcess>(), TimeProvider.System)
            : null;
        if (corosync is not null)
        {
            await corosync.StartAsync(stop);
            if (corosync.ProcessId is { } pid) WritePid("corosync", pid);
        }

        await using var announcer = corosync is null ? null : new FenceAnnouncer(logs.CreateLogger<FenceAnnouncer>());
        _ = Task.Run(MemoryLock.TryLoad, CancellationToken.None); // the fence shall need no disk
        while (!stop.IsCancellationRequested)
        {
            using var worker = StartWorker();
            var died = WatchAsync(worker.Id, fence, announcer);
            using var looks = new PeriodicTimer(Look);
            var looked = WatchLifeAsync(worker, looks);
            await Task.WhenAny(died, Task.Delay(Timeout.Infinite, stop));
            looks.Dispose();
            await looked;
            if (stop.IsCancellationRequested)
            {
                await StopAsync(worker, died);
                break;
            }

            log.LogError("The worker died; this device is fenced, a new worker starts in {Delay} ms", RestartDelay.TotalMilliseconds);
            await Task.Delay(RestartDelay, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        File.Delete(options.PidFile("supervisor"));
        return 0;
    }

    /// <summary>A thread of its own, so that nothing stands between the death and the fence.</summary>
    private Task WatchAsync(int pid, Fence fence, FenceAnnouncer? announcer)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var thread = new Thread(() =>
        {
            using var handle = PidFd.TryOpen(pid);
            handle?.WaitForExit();
            if (!File.Exists(options.AloneFile))
            {
                fence.Close();
                if (announcer is not null) _ = announcer.AnnounceFencedAsync(pid, CancellationToken.None);
            }

            done.SetResult();
        })
        { Name = "worker watch", IsBackground = true, Priority = ThreadPriority.Highest };
        thread.Start();
        return done.Task;
    }

    /// <summary>Kills a worker that hangs; its death is then what any other is.</summary>
    /// <param name="looks">Disposed when the worker died, or is to stop: an exception would take the processor from the fence's announcement.</param>
    private async Task WatchLifeAsync(Process worker, PeriodicTimer looks)
    {
        var watch = new LifeWatch();
        while (await looks.WaitForNextTickAsync())
        {
            if (!watch.IsStuck(lifeSign.Read())) continue;
            log.LogError("Worker {Pid} gives no sign of life and is killed", worker.Id);
            worker.Kill();
            return;
        }
    }

    private Process StartWorker()
    {
        lifeSign.Forget();
        var executable = Environment.ProcessPath ?? throw new InvalidOperationException("the path of this program is unknown");
        var start = new ProcessStartInfo(executable) { UseShellExecute = false };

        // 64 MiB (hexadecimal) between two collections: each stops the lease thread too, for as long as an ordinary thread that has to be
        // stopped waits for a core; on a starved machine that was 220 ms, more than a lease allows. The setting has no other form.
        start.Environment.TryAdd("DOTNET_GCgen0size", "4000000");

        // Write-xor-execute maps and unmaps memory, and flushes it from every core's buffers, for each method that is linked or compiled at its first call:
        // at a failover, that is.
        start.Environment.TryAdd("DOTNET_EnableWriteXorExecute", "0");

        // What a socket has for us is taken where its readiness is noticed, not on a second thread that is woken for it: for the few bytes of a mirror channel
        // that costs more than they do. Nothing behind a socket's await may block.
        start.Environment.TryAdd("DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS", "1");
        if (Path.GetFileNameWithoutExtension(executable) == "dotnet") start.ArgumentList.Add(typeof(SupervisorProcess).Assembly.Location);
        start.ArgumentList.Add("worker");
        foreach (var argument in options.Arguments()) start.ArgumentList.Add(argument);
        var worker = Process.Start(start) ?? throw new InvalidOperationException("the worker did not start");
        WritePid("worker", worker.Id);
        log.LogInformation("Worker {Pid} started", worker.Id);
        return worker;
    }

    private async Task StopAsync(Process worker, Task died)
    {
        using (var handle = PidFd.TryOpen(worker.Id)) handle?.Send(ProcessSignal.Terminate);
        if (await Task.WhenAny(died, Task.Delay(StopPatience)) == died) return;
        log.LogWarning("The worker did not stop within {Patience} s and is killed", StopPatience.TotalSeconds);
        worker.Kill();
        await died;
    }

    /// <summary>A supervisor that was killed leaves its worker running; two workers would own the same tables.</summary>
    private void EndPredecessor()
    {
        if (!File.Exists(options.PidFile("worker"))) return;
        if (!int.TryParse(File.ReadAllText(options.PidFile("worker")), CultureInfo.InvariantCulture, out var pid)) return;
        using var handle = PidFd.TryOpen(pid);
        if (handle is null || !IsOurWorker(pid)) return;
        log.LogWarning("Ending worker {Pid} of a supervisor that is gone", pid);
        handle.Send(ProcessSignal.Terminate);
        if (handle.WaitForExit(StopPatience)) return;
        handle.Send(ProcessSignal.Kill);
        handle.WaitForExit();
    }

    /// <summary>Process ids are reused: only a worker with our run directory is ours.</summary>
    private bool IsOurWorker(int pid)
    {
        try
        {
            var words = File.ReadAllText($"/proc/{pid}/cmdline").Split('\0');
            return words.Contains("worker") && words.Contains(options.RunDirectory);
        }
        catch (IOException)
        {
            return false;
        }
    }

    private void WritePid(string process, int pid) => File.WriteAllText(options.PidFile(process), pid.ToString(CultureInfo.InvariantCulture));
}
