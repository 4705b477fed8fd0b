using System.Diagnostics;

namespace ActorMirror.Lab.Processes;

/// <summary>
/// A long-running program on a host of the lab: in the host's network namespace and a mount namespace of its own, in a session of its
/// own (a Ctrl-C at the terminal is for the lab alone, which then ends it in order). What it prints goes to a log file.
/// </summary>
internal sealed class HostProcess : IDisposable
{
    private readonly Process _process;

    private HostProcess(Process process, string name, string log)
    {
        (_process, Name, Log) = (process, name, log);
        Identity = ProcessIdentity.Of(process.Id) ?? new ProcessIdentity(process.Id, 0);
    }

    public string Name { get; }

    public string Log { get; }

    public ProcessIdentity Identity { get; }

    public bool HasExited => _process.HasExited;

    /// <summary>Its stdin, when started with pipes.</summary>
    public StreamWriter Input => _process.StandardInput;

    /// <summary>Its stdout, when started with pipes.</summary>
    public StreamReader Output => _process.StandardOutput;

    /// <param name="setup">Shell lines run first in the host's namespaces, for mounts; they see ROOT, an empty directory.</param>
    /// <param name="pipes">Keep stdin and stdout as pipes; only stderr goes to the log.</param>
    public static HostProcess Start(
        string networkNamespace, string name, IEnumerable<string> command, string directory, string setup = "", bool pipes = false)
    {
        var log = Path.Combine(directory, $"{name}.log");
        var redirect = pipes ? "2>>\"$LOG\"" : "</dev/null >>\"$LOG\" 2>&1";
        var start = new ProcessStartInfo("setsid") { UseShellExecute = false, WorkingDirectory = directory, RedirectStandardInput = pipes, RedirectStandardOutput = pipes };
        string[] shell = ["ip", "netns", "exec", networkNamespace, "sh", "-ec", $"exec {redirect}\n{setup}\nexec \"$@\"", "sh", .. command];
        foreach (var argument in shell) start.ArgumentList.Add(argument);
        start.Environment["LOG"] = log;
        start.Environment["RUN"] = directory;
        start.Environment["ROOT"] = Directory.CreateDirectory(Path.Combine(directory, $"{name}.root")).FullName;

        // setsid, ip and sh replace themselves: the number of the process is the program's own.
        return new HostProcess(Process.Start(start) ?? throw new CommandException($"{name} did not start"), name, log);
    }

    /// <summary>Waits for the end and gives the exit code (128 + signal when killed).</summary>
    public async Task<int> WaitAsync(CancellationToken stop)
    {
        await _process.WaitForExitAsync(stop);
        return _process.ExitCode;
    }

    /// <summary>The end of what it printed, for a message.</summary>
    public string Tail(int lines = 15) => File.Exists(Log) ? string.Join('\n', File.ReadLines(Log).TakeLast(lines)) : "";

    public void Dispose() => _process.Dispose();
}
