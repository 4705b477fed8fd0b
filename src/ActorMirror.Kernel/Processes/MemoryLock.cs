using ActorMirror.Kernel.Native;

namespace ActorMirror.Kernel.Processes;

/// <summary>
/// Keeps this process in memory (mlockall(2)). A standby's promotion runs code that was not run for months: without the lock the kernel has dropped
/// those pages, and reads them from a busy disk while the addresses wait. Measured with the kernel's proactive reclaim (DAMON) at work: 0.9 s
/// for a promotion of 10 ms.
/// </summary>
public static class MemoryLock
{
    /// <summary>
    /// What is touched from now on stays; the large ranges a runtime only reserves take nothing.
    /// </summary>
    /// <returns>False when it is not permitted (CAP_IPC_LOCK, or a limit of locked memory): then everything works, perhaps late.</returns>
    public static bool TryHold() => TryLock(LockAll.Current | LockAll.Future | LockAll.OnFault);

    /// <summary>
    /// Reads in whatever is mapped at this moment, the programs' files above all, and keeps it. Takes as long as the disk does, and threads that touch new
    /// memory wait meanwhile (mmap_lock): call it when the process has loaded what it needs and has nothing in a hurry yet.
    /// </summary>
    /// <returns>As <see cref="TryHold"/>.</returns>
    public static bool TryLoad() => TryLock(LockAll.Current) && TryHold();

    private static bool TryLock(int flags)
    {
        if (Libc.mlockall(flags) == 0) return true;
        return KernelException.LastErrno is Errno.EPERM or Errno.ENOMEM or Errno.EAGAIN ? false : throw KernelException.Last("mlockall");
    }
}
