using System.Diagnostics;
using ActorMirror.Domain.Devices;
using Microsoft.Extensions.Logging;

namespace ActorMirror.Cluster.Corosync.Daemon;

/// <summary>
/// The supervisor's corosync: its files written from the model, the daemon started, watched, started again when it dies, and ended.
/// It outlives a supervisor that is killed; the next one adopts it, or ends it when the configuration has changed.
/// <code>
/// DIRECTORY/corosync/corosync.conf   written before each start
///                    corosync.log    corosync's own log
///                    corosync.run    process id and start time of the daemon that was started here
///                    state/          corosync's ring id: the sequence of the ring, and so every epoch, grows over restarts
/// </code>
/// </summary>
public sealed class CorosyncProcess : IAsyncDisposable
{
    /// <summary>How long a started corosync may take until it answers; half a second is usual.</summary>
    public static readonly TimeSpan ReadyLimit = TimeSpan.FromSeconds(10);

    // It leaves the ring in order on SIGTERM, in a few tens of milliseconds.
    private static readonly TimeSpan TermLimit = TimeSpan.FromSeconds(3);

    private readonly CorosyncFiles _files;
    private readonly ILogger _log;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _stop = new();
    private Task _watching = Task.CompletedTask;
    private Process? _process;

    /// <param name="model">What corosync.conf is written from.</param>
    /// <param name="directory">The device's state directory; a subdirectory is made in it.</param>
    /// <param name="log">Told of starts, deaths and failures.</param>
    /// <param name="time">Waits between starts.</param>
    public CorosyncProcess(DeviceGroupModel model, string directory, ILogger<CorosyncProcess> log, TimeProvider time)
    {
        _files = new CorosyncFiles(model, directory);
        _log = log;
        _time = time;
    }

    /// <summary>Null while it is not running.</summary>
    public int? ProcessId => _process?.Id;

    /// <summary>Adopts or starts corosync and returns when it answers; from then on it is started again whenever it dies.</summary>
    /// <exception cref="ClusterEngineException">Not installed, refused its configuration, no key file: the message says what to do.</exception>
    public async Task StartAsync(CancellationToken cancellation)
    {
        _process = await AdoptOrEndOldAsync(cancellation).ConfigureAwait(false) ?? await LaunchAsync(cancellation).ConfigureAwait(false);
        _watching = WatchAsync(_process);
    }

    /// <summary>Ends corosync in order; the device leaves the ring.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _watching.ConfigureAwait(false);
        if (_process is { } running)
            await EndAsync(running).ConfigureAwait(false);
        _process?.Dispose();
        _files.ForgetRun();
        _stop.Dispose();
    }

    private async Task WatchAsync(Process running)
    {
        var retry = new Backoff(TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(5));
        try
        {
            while (true)
            {
                await running.WaitForExitAsync(_stop.Token).ConfigureAwait(false);
                _log.LogError("corosync (process {Process}) has ended; starting it again. Its log is {Log}.", running.Id, _files.Log);
                _process = null;
                running.Dispose();
                running = await RelaunchAsync(retry).ConfigureAwait(false);
                _process = running;
                retry.Reset();
            }
        }
        catch (OperationCanceledException)
        {
            // Stopping: whoever disposes ends the process.
        }
    }

    private async Task<Process> RelaunchAsync(Backoff retry)
    {
        while (true)
        {
            try
            {
                return await LaunchAsync(_stop.Token).ConfigureAwait(false);
            }
            catch (ClusterEngineException failure)
            {
                _log.LogError(failure, "corosync does not start; trying again.");
                await Task.Delay(retry.Next(), _time, _stop.Token).ConfigureAwait(false);
            }
        }
    }

    private async Task<Process?> AdoptOrEndOldAsync(CancellationToken cancellation)
    {
        if (!_files.TryFindRunning(out var old))
            return null;
        Process process;
        try
        {
            process = Process.GetProcessById(old.ProcessId);
        }
        catch (ArgumentException)
        {
            return null; // it ended in between
        }

        if (_files.IsUnchanged && await AnswersAsync(process, cancellation).ConfigureAwait(false))
        {
            _log.LogInformation("Adopted corosync (process {Process}) of an earlier run.", process.Id);
            return process;
        }

        _log.LogInformation("Ending corosync (process {Process}) of an earlier run: its configuration is another one, or it does not answer.", process.Id);
        await EndAsync(process).ConfigureAwait(false);
        process.Dispose();
        return null;
    }

    private async Task<Process> LaunchAsync(CancellationToken cancellation)
    {
        var program = CorosyncFiles.FindProgram();
        _files.Write();
        foreach (var leaked in LeakedSharedMemory.Delete())
            _log.LogInformation("Deleted {Path}, left by a killed process.", leaked);

        var process = Process.Start(new ProcessStartInfo(program, ["-f", "-c", _files.Configuration]) { UseShellExecute = false })
            ?? throw new ClusterEngineException($"{program} could not be started.");
        try
        {
            _files.RememberRun(process.Id);
            if (await AnswersAsync(process, cancellation).ConfigureAwait(false))
            {
                _log.LogInformation("Started corosync (process {Process}).", process.Id);
                return process;
            }

            throw new ClusterEngineException(process.HasExited
                ? $"corosync ended at once with exit code {process.ExitCode}. The end of {_files.Log}:\n{_files.EndOfLog()}"
                : $"corosync did not answer within {ReadyLimit.TotalSeconds:F0} s. The end of {_files.Log}:\n{_files.EndOfLog()}");
        }
        catch
        {
            await EndAsync(process).ConfigureAwait(false);
            process.Dispose();
            throw;
        }
    }

    /// <summary>Whether it takes connections before it ends or the limit is over.</summary>
    private async Task<bool> AnswersAsync(Process process, CancellationToken cancellation)
    {
        var begun = _time.GetTimestamp();
        while (!process.HasExited && _time.GetElapsedTime(begun) < ReadyLimit)
        {
            // The connection is a blocking call, short, in libqb.
            if (await Task.Run(CanConnect, cancellation).ConfigureAwait(false))
                return true;
            await Task.Delay(TimeSpan.FromMilliseconds(25), _time, cancellation).ConfigureAwait(false);
        }

        return false;
    }

    private static bool CanConnect()
    {
        try
        {
            using var session = new QuorumSession();
            return true;
        }
        catch (CorosyncException)
        {
            return false;
        }
    }

    /// <summary>SIGTERM, and SIGKILL when it does not obey in time; by process id, and only while it is still the same process.</summary>
    private async Task EndAsync(Process process)
    {
        if (!process.HasExited && DaemonRun.TryFind(process.Id, out var run) && run.IsCorosyncWith(_files.Configuration))
        {
            Native.SignalNative.Terminate(process.Id);
            using var limit = new CancellationTokenSource(TermLimit, _time);
            try
            {
                await process.WaitForExitAsync(limit.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                _log.LogWarning("corosync (process {Process}) did not end within {Limit}: killed.", process.Id, TermLimit);
                process.Kill();
                await process.WaitForExitAsync(CancellationToken.None).ConfigureAwait(false);
            }
        }

        LeakedSharedMemory.Delete();
    }
}
