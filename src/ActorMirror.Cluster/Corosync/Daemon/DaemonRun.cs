using System.Globalization;

namespace ActorMirror.Cluster.Corosync.Daemon;

/// <summary>
/// One run of a process: process ids are used again, the pair of id and start time is not. The start time is field 22 of
/// /proc/PID/stat, clock ticks since boot (proc(5)).
/// </summary>
internal readonly record struct DaemonRun(int ProcessId, ulong StartTime)
{
    public bool IsAlive => TryFind(ProcessId, out var now) && now == this;

    /// <returns>False: there is no such process, or it is a zombie.</returns>
    public static bool TryFind(int processId, out DaemonRun run)
    {
        run = default;
        if (!TryRead($"/proc/{processId}/stat", out var stat))
            return false;

        // The name is in parentheses and may contain anything, parentheses too: fields count from the last one.
        var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        const int State = 0, Start = 19;
        if (fields[State] is "Z" or "X")
            return false;
        run = new DaemonRun(processId, ulong.Parse(fields[Start], CultureInfo.InvariantCulture));
        return true;
    }

    /// <summary>Reads a file written by <see cref="ToString"/>.</summary>
    /// <returns>False: no such file, not such a file, or that run is over.</returns>
    public static bool TryReadLiving(string path, out DaemonRun run)
    {
        run = default;
        if (!TryRead(path, out var text) || text.Split(' ') is not [var id, var start]
            || !int.TryParse(id, CultureInfo.InvariantCulture, out var processId) || !ulong.TryParse(start, CultureInfo.InvariantCulture, out var startTime))
            return false;
        run = new DaemonRun(processId, startTime);
        return run.IsAlive;
    }

    /// <summary>Whether it is a corosync that was started with this configuration file.</summary>
    public bool IsCorosyncWith(string configurationFile) =>
        TryRead($"/proc/{ProcessId}/cmdline", out var line) && line.Split('\0') is [var program, .. var arguments]
        && Path.GetFileName(program) == "corosync" && arguments.Contains(configurationFile);

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{ProcessId} {StartTime}");

    private static bool TryRead(string path, out string text)
    {
        try
        {
            text = File.ReadAllText(path);
            return true;
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            text = "";
            return false;
        }
    }
}
