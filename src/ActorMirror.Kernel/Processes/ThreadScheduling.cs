using ActorMirror.Kernel.Native;

namespace ActorMirror.Kernel.Processes;

/// <summary>Scheduling of the calling thread; .NET's own thread priorities do nothing on Linux.</summary>
public static unsafe class ThreadScheduling
{
    // The lowest real-time priority is enough: it goes before every ordinary thread, and behind corosync, which takes the highest.
    private const int LowestRealTimePriority = 1;

    /// <summary>
    /// Lets the calling thread run before all ordinary ones (SCHED_RR). For a thread that does a little at a fixed time and for which being late
    /// has a price: the lease. Threads that it starts are ordinary. A thread that computes would starve the machine.
    /// </summary>
    /// <returns>False when it is not permitted (CAP_SYS_NICE, or a control group without real-time share); the thread then stays as it was.</returns>
    public static bool TryRealTime()
    {
        var parameters = new SchedulingParameters { Priority = LowestRealTimePriority };
        if (Libc.sched_setscheduler(0, SchedulingPolicy.Rr | SchedulingPolicy.ResetOnFork, &parameters) == 0) return true;
        return KernelException.LastErrno is Errno.EPERM ? false : throw KernelException.Last("sched_setscheduler(SCHED_RR)");
    }
}
