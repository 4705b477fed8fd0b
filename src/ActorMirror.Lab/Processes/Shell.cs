using System.Diagnostics;

namespace ActorMirror.Lab.Processes;

/// <summary>A command failed; the message holds what it said.</summary>
internal sealed class CommandException(string message) : Exception(message);

internal sealed record CommandResult(int ExitCode, string Output, string Error)
{
    /// <exception cref="CommandException">The exit code is not 0.</exception>
    public string Require(string command) =>
        ExitCode == 0 ? Output : throw new CommandException($"\"{command}\" ended with {ExitCode}: {(Error.Length > 0 ? Error : Output).Trim()}");
}

/// <summary>Short commands whose output is wanted.</summary>
internal static class Shell
{
    /// <exception cref="CommandException">The program is not there, or it failed.</exception>
    public static async Task<string> RequireAsync(string program, IEnumerable<string> arguments, string? input = null, CancellationToken stop = default) =>
        (await RunAsync(program, arguments, input, stop)).Require($"{program} {string.Join(' ', arguments)}");

    /// <summary>Runs to the end. Cancelled: the program is killed.</summary>
    public static async Task<CommandResult> RunAsync(
        string program, IEnumerable<string> arguments, string? input = null, CancellationToken stop = default)
    {
        using var process = new Process { StartInfo = Describe(program, arguments) };
        try
        {
            process.Start();
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            throw new CommandException($"\"{program}\" cannot be run: {e.Message}");
        }

        var output = process.StandardOutput.ReadToEndAsync(CancellationToken.None);
        var error = process.StandardError.ReadToEndAsync(CancellationToken.None);
        try
        {
            if (input is not null) await process.StandardInput.WriteAsync(input.AsMemory(), stop);
            process.StandardInput.Close();
            await process.WaitForExitAsync(stop);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }

        return new CommandResult(process.ExitCode, await output, await error);
    }

    private static ProcessStartInfo Describe(string program, IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(program) { UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        return start;
    }
}
