using System.Diagnostics;
using System.Globalization;
using System.Reflection;

namespace ActorMirror.Kernel.Tests.Harness;

/// <summary>Parent's side of a namespace test: makes the namespace, runs the body in a child, removes every namespace of that test again.</summary>
internal static class NamespaceProcess
{
    internal const string NameVariable = "ACTORMIRROR_TEST_NAMESPACE";
    private const string Prefix = "am-kt-";

    // Guards the run against a hanging child; no test comes near it.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);
    private static readonly Lazy<Task> LeftoversRemoved = new(RemoveLeftoversAsync);
    private static int _count;

    /// <returns>What the test wrote to its standard output.</returns>
    internal static async Task<string> RunAsync(Type type, MethodInfo method, CancellationToken cancel)
    {
        await LeftoversRemoved.Value;
        var name = $"{Prefix}{Environment.ProcessId}-{Interlocked.Increment(ref _count)}";
        await CommandAsync("ip", "netns", "add", name);
        try
        {
            await CommandAsync("ip", "-n", name, "link", "set", "lo", "up");
            return await RunChildAsync(name, type, method, cancel);
        }
        finally
        {
            foreach (var left in await NamespacesAsync())
            {
                if (left == name || left.StartsWith(name + "-", StringComparison.Ordinal)) await CommandAsync("ip", "netns", "delete", left);
            }
        }
    }

    private static async Task<string> RunChildAsync(string name, Type type, MethodInfo method, CancellationToken cancel)
    {
        // nsenter, not `ip netns exec`: that one makes a mount namespace in which namespaces added by the test would be lost.
        var start = new ProcessStartInfo("nsenter", [$"--net=/run/netns/{name}", Dotnet, "exec", type.Assembly.Location, type.FullName!, method.Name])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { [NameVariable] = name },
        };
        using var child = Process.Start(start)!;
        var output = child.StandardOutput.ReadToEndAsync(CancellationToken.None);
        var error = child.StandardError.ReadToEndAsync(CancellationToken.None);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        patience.CancelAfter(Patience);
        try
        {
            await child.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            child.Kill(entireProcessTree: true);
            throw new NamespaceTestException($"no end after {Patience}: killed\n{await output}{await error}");
        }

        return child.ExitCode == 0 ? await output : throw new NamespaceTestException($"{await error}\n{await output}".Trim());
    }

    private static async Task RemoveLeftoversAsync()
    {
        foreach (var name in await NamespacesAsync())
        {
            var owner = name[Prefix.Length..].Split('-')[0];
            if (!int.TryParse(owner, CultureInfo.InvariantCulture, out var process) || Directory.Exists($"/proc/{process}")) continue;
            await CommandAsync("ip", "netns", "delete", name);
        }
    }

    private static async Task<string[]> NamespacesAsync() =>
        [.. (await CommandAsync("ip", "netns", "list"))
            .Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Select(line => line.Split(' ')[0])
            .Where(name => name.StartsWith(Prefix, StringComparison.Ordinal))];

    private static async Task<string> CommandAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return process.ExitCode == 0
            ? await output
            : throw new NamespaceTestException($"{program} {string.Join(' ', arguments)}: exit {process.ExitCode}: {await error}");
    }

    /// <summary>The dotnet host that runs this process: shared/Microsoft.NETCore.App/VERSION is three folders below it.</summary>
    private static string Dotnet { get; } =
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(typeof(object).Assembly.Location)!, "..", "..", "..", "dotnet"));
}

/// <summary>A namespace test failed; the message is what the child wrote.</summary>
public sealed class NamespaceTestException(string message) : Exception(message);
