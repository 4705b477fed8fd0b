using System.Text.Json;
using ActorMirror.Domain.TrafficGroups;
using Microsoft.Extensions.Logging;
using Role = ActorMirror.Management.Contracts.Role;

namespace ActorMirror.Node.Worker;

/// <summary>
/// Tells the operator's executable of each role change. Telling never waits: a role that is still to be told is replaced by a newer one of its traffic
/// group, so that there is never more than one waiting and one running for each group, and no more than <see cref="AtOnce"/> run in all.
/// </summary>
internal sealed class NotifyHook(string path, string device, TimeSpan limit, ILogger log) : IAsyncDisposable
{
    /// <summary>How long it may run; then it is killed with what it started.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    /// <summary>A device that takes over everything shall not be busy with its hooks.</summary>
    internal const int AtOnce = 4;

    // The supervisor kills a worker that has not stopped after 10 s.
    private static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(3);

    private readonly Lock guard = new();
    private readonly Dictionary<string, (Role Role, Epoch Epoch)> waiting = [];
    private readonly Dictionary<string, Task> running = [];
    private readonly CancellationTokenSource stop = new();

    /// <summary>What keeps it from being run, for people; null when nothing does.</summary>
    public static string? ProblemOf(string path)
    {
        const UnixFileMode Executable = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
        return !File.Exists(path) ? "does not exist" : (File.GetUnixFileMode(path) & Executable) == UnixFileMode.None ? "is not executable" : null;
    }

    /// <summary>From any thread; returns at once.</summary>
    public void Tell(string trafficGroup, Role role, Epoch epoch)
    {
        lock (guard)
        {
            waiting[trafficGroup] = (role, epoch);
            StartNext();
        }
    }

    /// <summary>The last roles are still told, for a short time.</summary>
    public async ValueTask DisposeAsync()
    {
        stop.CancelAfter(StopPatience);
        while (true)
        {
            Task[] left;
            lock (guard) left = [.. running.Values];
            if (left.Length == 0) break;
            await Task.WhenAll(left);
        }

        stop.Dispose();
    }

    /// <summary>Under the guard.</summary>
    private void StartNext()
    {
        while (!stop.IsCancellationRequested && running.Count < AtOnce && waiting.Keys.FirstOrDefault(group => !running.ContainsKey(group)) is { } next)
        {
            waiting.Remove(next, out var notice);
            running[next] = Task.Run(() => RunAsync(next, notice.Role, notice.Epoch));
        }
    }

    private async Task RunAsync(string group, Role role, Epoch epoch)
    {
        try
        {
            var word = JsonNamingPolicy.KebabCaseLower.ConvertName(role.ToString());
            using var run = HookRun.Start(path, device, group, word, epoch.ToString());
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(stop.Token);
            patience.CancelAfter(limit);
            var (code, output) = await run.FinishAsync(patience.Token);
            if (code is null) log.LogWarning("Notify hook {Path} {Group} {Role} {Epoch} did not end in time and was killed: {Output}", path, group, word, epoch, output);
            else if (code != 0) log.LogWarning("Notify hook {Path} {Group} {Role} {Epoch} failed with exit code {Code}: {Output}", path, group, word, epoch, code, output);
            else log.LogInformation("Notify hook {Path} {Group} {Role} {Epoch} was run: {Output}", path, group, word, epoch, output);
        }
        catch (Exception failure)
        {
            log.LogWarning(failure, "Notify hook {Path} could not be run for traffic group {Group}", path, group);
        }
        finally
        {
            lock (guard)
            {
                running.Remove(group);
                StartNext();
            }
        }
    }
}
