using System.Diagnostics;

namespace ActorMirror.Tests.Node;

/// <summary>The daemon itself, started as an operator would; for starts that end by themselves.</summary>
internal static class Daemon
{
    /// <returns>Its exit code and everything it said.</returns>
    /// <param name="within">A command that runs the command that follows it.</param>
    public static async Task<(int Code, string Output)> RunAsync(string configuration, string folder, params string[] within)
    {
        string[] command =
        [
            .. within, "dotnet", Path.Combine(AppContext.BaseDirectory, "actormirrord.dll"),
            "--config", configuration, "--state-dir", Path.Combine(folder, "state"), "--run-dir", Path.Combine(folder, "run"),
        ];
        var start = new ProcessStartInfo(command[0], command[1..]) { RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, await output + await error);
    }
}
