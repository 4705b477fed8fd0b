using System.Globalization;

namespace ActorMirror.Lab.Processes;

/// <summary>A process that cannot be taken for another: numbers are reused, a number with its start time is not.</summary>
/// <param name="StartTime">Field 22 of /proc/PID/stat, in clock ticks since boot (proc(5)).</param>
internal sealed record ProcessIdentity(int Id, long StartTime)
{
    /// <summary>Null when there is no such process (any more).</summary>
    public static ProcessIdentity? Of(int id) => Stat(id) is { } stat ? new ProcessIdentity(id, stat.StartTime) : null;

    public static ProcessIdentity Self { get; } = Of(Environment.ProcessId)!;

    /// <summary>True while the process runs; a zombie does not.</summary>
    public bool IsAlive => Stat(Id) is var (state, _, start) && start == StartTime && state is not 'Z' and not 'X';

    /// <summary>Number of the process its session began with; null when the process is gone.</summary>
    public int? Session => Stat(Id) is { } stat && stat.StartTime == StartTime ? stat.Session : null;

    /// <summary>Sends a signal unless the process is gone.</summary>
    public void Send(Signal signal)
    {
        if (IsAlive) Signals.Send(Id, signal);
    }

    private static (char State, int Session, long StartTime)? Stat(int id)
    {
        string text;
        try
        {
            text = File.ReadAllText($"/proc/{id}/stat");
        }
        catch (IOException)
        {
            return null; // ESRCH or ENOENT: gone
        }

        // The command's name may hold spaces and parentheses: the fields begin after the last one.
        var fields = text[(text.LastIndexOf(')') + 2)..].Split(' ');
        return (fields[0][0], int.Parse(fields[3], CultureInfo.InvariantCulture), long.Parse(fields[19], CultureInfo.InvariantCulture));
    }
}
