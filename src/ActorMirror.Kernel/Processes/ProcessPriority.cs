using System.Globalization;
using ActorMirror.Kernel.Native;

namespace ActorMirror.Kernel.Processes;

/// <summary>
/// Lets this process, and what it starts, go before ordinary ones. A thread at real-time priority alone does not help a lease: a garbage collection
/// stops it too, for as long as the last ordinary thread waits for a processor, and on a machine whose applications want all of it that was
/// up to 1.3 s.
/// </summary>
public static class ProcessPriority
{
    private const int Niceness = -10;
    private const string Autogroup = "/proc/self/autogroup";

    /// <returns>False when it is not permitted (CAP_SYS_NICE): then a busy machine may end a lease early.</returns>
    public static bool TryRaise()
    {
        // nice(2) is a thread's on Linux, and the runtime has started some already.
        foreach (var thread in Directory.EnumerateDirectories("/proc/self/task"))
        {
            if (Libc.setpriority(PriorityOf.Process, int.Parse(Path.GetFileName(thread), CultureInfo.InvariantCulture), Niceness) == 0) continue;
            if (KernelException.LastErrno is Errno.EACCES or Errno.EPERM) return false;
            if (KernelException.LastErrno is not Errno.ESRCH) throw KernelException.Last("setpriority"); // a thread that has ended
        }

        RaiseSession();
        return true;
    }

    /// <summary>
    /// Where the scheduler groups processes by session (sched(7), autogroup), niceness counts within a session only. A session that somebody else
    /// leads, a terminal's, is left as it is.
    /// </summary>
    private static void RaiseSession()
    {
        if (Libc.getsid(0) != Environment.ProcessId || !File.Exists(Autogroup)) return;
        try
        {
            File.WriteAllText(Autogroup, Niceness.ToString(CultureInfo.InvariantCulture));
        }
        catch (IOException)
        {
            // EAGAIN: it was changed a moment ago; the next start of a worker finds it as it is.
        }
    }
}
