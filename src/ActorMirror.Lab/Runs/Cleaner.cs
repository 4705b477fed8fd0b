using System.Text.RegularExpressions;
using ActorMirror.Lab.Networks;
using ActorMirror.Lab.Processes;

namespace ActorMirror.Lab.Runs;

/// <summary>Takes away what a run made. Each step may be repeated; only what is on record is touched.</summary>
internal static partial class Cleaner
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(10);

    public static async Task CleanAsync(Run run)
    {
        await EndAsync(run.LeftProcesses);
        await DeleteAsync(run.LeftNamespaces());
        if (run.Exists) Directory.Delete(run.Directory, recursive: true);
    }

    /// <summary>Everything of runs whose owner is gone, one line each; and namespaces with a run's name that no record knows.</summary>
    public static IReadOnlyList<string> Leftovers()
    {
        var runs = Run.All();
        var orphans = runs.Where(r => !r.IsOwned).ToList();
        List<string> lines = [];
        foreach (var run in orphans)
        {
            lines.AddRange(run.LeftProcesses().Select(p => $"process {p.Id} of run {run.Id}"));
            lines.AddRange(run.LeftNamespaces().Select(n => $"namespace {n} of run {run.Id}"));
            lines.Add($"directory {run.Directory}");
        }

        var known = runs.Select(r => $"am-{r.Id}-").ToList();
        lines.AddRange(Namespaces.All().Where(n => RunName().IsMatch(n) && !known.Exists(n.StartsWith)).Select(n => $"namespace {n} without a record"));
        return lines;
    }

    /// <summary>Kills processes and waits until none is left: a namespace lives as long as one of its processes.</summary>
    /// <exception cref="TimeoutException">One does not die.</exception>
    public static async Task EndAsync(Func<IReadOnlyList<ProcessIdentity>> processes)
    {
        using var patience = new CancellationTokenSource(Patience);
        for (var left = processes(); left.Count > 0; left = processes())
        {
            foreach (var process in left) process.Send(Signal.Kill);
            if (patience.IsCancellationRequested) throw new TimeoutException($"process {left[0].Id} does not end");
            await Task.Delay(Look, CancellationToken.None);
        }
    }

    public static async Task DeleteAsync(IEnumerable<string> namespaces)
    {
        foreach (var name in namespaces.Where(Namespaces.Exists)) await Shell.RequireAsync("ip", ["netns", "del", name]);
    }

    [GeneratedRegex("^am-[0-9a-f]{6}-")]
    private static partial Regex RunName();
}
