using System.ComponentModel;
using System.Runtime.InteropServices;

namespace ActorMirror.Lab.Processes;

/// <summary>Signal numbers of x86-64 and arm64 (signal(7)).</summary>
internal enum Signal
{
    Interrupt = 2,  // SIGINT
    Kill = 9,       // SIGKILL
    Terminate = 15, // SIGTERM
    Continue = 18,  // SIGCONT
    Stop = 19,      // SIGSTOP
}

internal static partial class Signals
{
    private const int NoSuchProcess = 3; // ESRCH

    /// <summary>A process that is gone meanwhile is no error.</summary>
    /// <exception cref="Win32Exception">EPERM.</exception>
    public static void Send(int process, Signal signal)
    {
        if (kill(process, (int)signal) == 0) return;
        var error = Marshal.GetLastPInvokeError();
        if (error != NoSuchProcess) throw new Win32Exception(error);
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int kill(int process, int signal);
}
