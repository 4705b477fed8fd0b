using System.Diagnostics;
using System.Text;

namespace ActorMirror.Node.Worker;

/// <summary>One run of the notify hook: what it is told, the begin of what it says, and its end.</summary>
internal sealed class HookRun : IDisposable
{
    // A log line, not a log file.
    private const int OutputCharacters = 1000;

    // What it started may hold its output open after its end.
    private static readonly TimeSpan OutputPatience = TimeSpan.FromMilliseconds(200);

    private readonly Process process;
    private readonly StringBuilder output = new();
    private readonly Task reading;

    private HookRun(Process process)
    {
        this.process = process;
        process.StandardInput.Close();
        reading = Task.WhenAll(ReadAsync(process.StandardOutput), ReadAsync(process.StandardError));
    }

    /// <exception cref="System.ComponentModel.Win32Exception">It cannot be started.</exception>
    public static HookRun Start(string path, string device, string group, string role, string epoch)
    {
        var start = new ProcessStartInfo(path, [group, role, epoch])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = "/",
        };
        start.Environment["ACTORMIRROR_TRAFFIC_GROUP"] = group;
        start.Environment["ACTORMIRROR_ROLE"] = role;
        start.Environment["ACTORMIRROR_EPOCH"] = epoch;
        start.Environment["ACTORMIRROR_DEVICE"] = device;
        return new HookRun(Process.Start(start) ?? throw new InvalidOperationException($"{path} was not started"));
    }

    /// <returns>Its exit code, null if it had to be killed; and the begin of its output.</returns>
    public async Task<(int? Code, string Output)> FinishAsync(CancellationToken patience)
    {
        var ended = true;
        try
        {
            await process.WaitForExitAsync(patience);
        }
        catch (OperationCanceledException)
        {
            ended = false;
            process.Kill(entireProcessTree: true);
        }

        await Task.WhenAny(reading, Task.Delay(OutputPatience, CancellationToken.None));
        lock (output) return (ended ? process.ExitCode : null, output.ToString().Trim());
    }

    public void Dispose() => process.Dispose();

    private async Task ReadAsync(StreamReader from)
    {
        var buffer = new char[OutputCharacters];
        try
        {
            while (await from.ReadAsync(buffer) is var count && count > 0)
            {
                lock (output) output.Append(buffer, 0, Math.Min(count, OutputCharacters - output.Length));
            }
        }
        catch (Exception closed) when (closed is ObjectDisposedException or IOException)
        {
            // The run is over.
        }
    }
}
