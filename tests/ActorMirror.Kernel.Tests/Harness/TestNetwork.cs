using System.Diagnostics;
using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;

namespace ActorMirror.Kernel.Tests.Harness;

/// <summary>What a namespace test may do to its network; all of it disappears with the test.</summary>
internal static partial class TestNetwork
{
    private const int CloneNewNet = 0x4000_0000;

    /// <summary>The namespace this process runs in.</summary>
    public static string Own { get; } =
        Environment.GetEnvironmentVariable(NamespaceProcess.NameVariable)
        ?? throw new InvalidOperationException("not in a namespace test: use [NamespaceFact]");

    /// <summary>Adds a namespace with its loopback up.</summary>
    /// <returns>Its full name.</returns>
    public static string Add(string suffix)
    {
        var name = $"{Own}-{suffix}";
        Run($"ip netns add {name} && ip -n {name} link set lo up");
        return name;
    }

    /// <summary>A veth pair between two namespaces; addresses like <c>10.0.0.1/24</c>.</summary>
    public static void Connect(string left, string leftName, string leftAddress, string right, string rightName, string rightAddress)
    {
        Run($"ip link add {leftName} netns {left} type veth peer name {rightName} netns {right}");
        Up(left, leftName, leftAddress, "fe80::1/64");
        Up(right, rightName, rightAddress, "fe80::2/64");
    }

    /// <summary>
    /// The link-local address is given too, without duplicate address detection: who forwards solicits neighbours from it, and sends nothing while the kernel's
    /// own one is tentative. That takes seconds where namespaces come and go, and three of them drop the packet that waits.
    /// </summary>
    private static void Up(string name, string link, string address, string local)
    {
        Run($"ip -n {name} link set {link} addrgenmode none");
        Run($"ip -n {name} address add {local} dev {link} nodad && ip -n {name} address add {address} dev {link} nodad && ip -n {name} link set {link} up");
    }

    /// <summary>Runs a shell command in this process's namespace, or in another one.</summary>
    /// <returns>Its standard output.</returns>
    public static string Run(string command, string? name = null, string? input = null)
    {
        string[] arguments = name is null ? ["sh", "-c", command] : ["nsenter", $"--net=/run/netns/{name}", "sh", "-c", command];
        using var process = Process.Start(new ProcessStartInfo(arguments[0], arguments[1..])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        process.StandardInput.Write(input);
        process.StandardInput.Close();
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? output : throw new InvalidOperationException($"{command}: exit {process.ExitCode}: {error.Result}");
    }

    /// <summary>Loads an nft ruleset in this process's namespace, or in another one.</summary>
    public static void Nft(string ruleset, string? name = null) => Run("nft -f -", name, ruleset);

    /// <summary>Runs an action on a thread of its own inside another namespace, e.g. to open a socket there. It must not start tasks.</summary>
    public static T In<T>(string name, Func<T> action)
    {
        T result = default!;
        ExceptionDispatchInfo? failure = null;
        var thread = new Thread(() =>
        {
            try
            {
                using var handle = File.OpenHandle($"/run/netns/{name}");
                if (SetNamespace(handle, CloneNewNet) != 0) throw new InvalidOperationException($"setns {name}: errno {Marshal.GetLastPInvokeError()}");
                result = action();
            }
            catch (Exception caught)
            {
                failure = ExceptionDispatchInfo.Capture(caught);
            }
        });
        thread.Start();
        thread.Join();
        failure?.Throw();
        return result;
    }

    [LibraryImport("libc", EntryPoint = "setns", SetLastError = true)]
    private static partial int SetNamespace(SafeHandle descriptor, int type);
}
