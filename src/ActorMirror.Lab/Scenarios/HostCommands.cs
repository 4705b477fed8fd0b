using System.Collections.Immutable;
using System.Text.RegularExpressions;
using ActorMirror.Lab.Networks;
using ActorMirror.Lab.Processes;
using ActorMirror.Lab.Runs;

namespace ActorMirror.Lab.Scenarios;

/// <summary>The commands of a scenario, run on its hosts.</summary>
internal sealed class HostCommands(Run run, LabNetwork network, ImmutableSortedDictionary<string, CommandSection> commands) : IDisposable
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(100);

    private readonly Dictionary<string, HostProcess> _running = [];

    /// <summary>Runs to the end and gives the output; a command with a readiness check goes on in the background once it is ready.</summary>
    /// <exception cref="CommandException">The exit code or the output is not as expected.</exception>
    /// <exception cref="TimeoutException">It takes longer than it may.</exception>
    public async Task<string> RunAsync(string name, CancellationToken stop)
    {
        if (!commands.TryGetValue(name, out var command)) throw new CommandException($"there is no command \"{name}\"");
        if (_running.Remove(name, out var earlier)) earlier.Dispose();
        var process = HostProcess.Start(network.Host(command.Host), name, ["sh", "-c", command.Run], run.Directory);
        run.Note(process.Identity);
        _running[name] = process;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
        limit.CancelAfter(command.Within);
        try
        {
            return command.Ready is null ? await ToEndAsync(process, command, limit.Token) : await UntilReadyAsync(process, command, limit.Token);
        }
        catch (OperationCanceledException e) when (!stop.IsCancellationRequested)
        {
            throw new TimeoutException($"{name} is not done after {command.Within.TotalSeconds} s: {process.Tail()}", e);
        }
    }

    /// <summary>Kills a command that runs in the background.</summary>
    public Task EndAsync(string name)
    {
        if (!_running.TryGetValue(name, out var process)) throw new CommandException($"\"{name}\" was not run");
        return Cleaner.EndAsync(() => process.HasExited ? [] : [process.Identity]);
    }

    public void Dispose()
    {
        foreach (var process in _running.Values) process.Dispose();
    }

    private async Task<string> UntilReadyAsync(HostProcess process, CommandSection command, CancellationToken stop)
    {
        while ((await Shell.RunAsync("ip", ["netns", "exec", network.Host(command.Host), "env", $"RUN={run.Directory}", "sh", "-c", command.Ready!], stop: stop)).ExitCode != 0)
        {
            if (process.HasExited) throw new CommandException($"{process.Name} ended: {process.Tail()}");
            await Task.Delay(Look, stop);
        }

        return "ready";
    }

    private static async Task<string> ToEndAsync(HostProcess process, CommandSection command, CancellationToken stop)
    {
        var code = await process.WaitAsync(stop);
        if (code != command.ExitCode) throw new CommandException($"{process.Name} ended with {code}, not {command.ExitCode}: {process.Tail()}");
        var output = await File.ReadAllTextAsync(process.Log, stop);
        if (command.Output is { } pattern && !Regex.IsMatch(output, pattern, RegexOptions.Multiline, TimeSpan.FromSeconds(1)))
            throw new CommandException($"{process.Name} did not print {pattern}: {output}");
        return output;
    }
}
