using System.Runtime.InteropServices;

namespace ActorMirror.Cluster.Corosync.Native;

/// <summary>kill(2); <see cref="System.Diagnostics.Process"/> knows SIGKILL only.</summary>
internal static partial class SignalNative
{
    public const int Term = 15; // SIGTERM

    /// <summary>A process that is gone already is fine: whoever calls waits for its end.</summary>
    public static void Terminate(int processId) => Kill(processId, Term);

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Kill(int processId, int signal);
}
