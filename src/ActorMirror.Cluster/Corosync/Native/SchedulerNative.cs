using System.Runtime.InteropServices;

namespace ActorMirror.Cluster.Corosync.Native;

/// <summary>
/// Real-time scheduling of a thread, as corosync has it: the thread that sends the heartbeats must not wait behind a busy machine, or
/// the lease of a healthy device ends. It sleeps in poll almost all the time.
/// </summary>
internal static unsafe partial class SchedulerNative
{
    public const int RoundRobin = 2;               // SCHED_RR
    public const int ResetOnFork = 0x4000_0000;    // SCHED_RESET_ON_FORK: what the process starts is ordinary again
    private const int LowestPriority = 1;          // above every ordinary thread, below corosync (99)

    /// <returns>False: not permitted (CAP_SYS_NICE, or a control group without real-time bandwidth); the thread stays as it was.</returns>
    public static bool TryMakeCurrentThreadRealtime()
    {
        var priority = LowestPriority;
        return SetScheduler(0, RoundRobin | ResetOnFork, &priority) == 0;
    }

    /// <param name="thread">0: the calling thread.</param>
    /// <param name="parameter">struct sched_param, which is one int.</param>
    [LibraryImport("libc", EntryPoint = "sched_setscheduler", SetLastError = true)]
    private static partial int SetScheduler(int thread, int policy, int* parameter);
}
