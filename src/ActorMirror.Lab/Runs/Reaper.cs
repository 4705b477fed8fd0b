using System.Diagnostics;

namespace ActorMirror.Lab.Runs;

/// <summary>
/// A process beside the lab that holds one end of a pipe: when the lab dies, however it dies, the pipe breaks and the reaper tears the
/// run down. (When the reaper too was killed, <c>amlab clean</c> remains.)
/// </summary>
internal sealed class Reaper : IDisposable
{
    public const string Command = "reap";

    private readonly Process _process;

    private Reaper(Process process) => _process = process;

    public static Reaper Start(Run run)
    {
        var start = new ProcessStartInfo("setsid") { UseShellExecute = false, RedirectStandardInput = true };
        foreach (var argument in Self.Command([Command, run.Id])) start.ArgumentList.Add(argument);
        return new Reaper(Process.Start(start)!);
    }

    /// <summary>The reaper's own life: waits for the end of its input, then cleans what the lab did not.</summary>
    public static async Task<int> ReapAsync(string id)
    {
        while (await Console.In.ReadLineAsync() is not null)
        {
            // Nothing is ever sent: only the end counts.
        }

        var run = Run.Find(id);
        if (run.Exists) await Cleaner.CleanAsync(run);
        return 0;
    }

    /// <summary>Lets it go, after the run was torn down.</summary>
    public void Dispose()
    {
        _process.StandardInput.Close();
        _process.WaitForExit(TimeSpan.FromSeconds(10));
        _process.Dispose();
    }
}
