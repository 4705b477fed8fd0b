using ActorMirror.Kernel.Native;

namespace ActorMirror.Kernel.Processes;

/// <summary>
/// A handle of one process (pidfd_open(2)): it cannot come to mean another process, as a reused process id can, and it becomes readable
/// when the process ends, within half a millisecond of a kill, whoever its parent is.
/// </summary>
public sealed unsafe class PidFd : IDisposable
{
    private readonly Descriptor _process;
    private readonly ReadWaiter _waiter = new();

    private PidFd(int processId, Descriptor process)
    {
        ProcessId = processId;
        _process = process;
    }

    public int ProcessId { get; }

    /// <summary>True also for a zombie: the process runs no more, whether its parent has collected it or not.</summary>
    public bool HasExited => WaitForExit(TimeSpan.Zero);

    /// <returns>Null when there is no such process.</returns>
    /// <exception cref="KernelException">The kernel refused (no descriptors left).</exception>
    public static PidFd? TryOpen(int processId)
    {
        var process = Libc.pidfd_open(SystemCall.PidfdOpen, processId, 0);
        if (!process.IsInvalid) return new(processId, process);
        return KernelException.LastErrno is Errno.ESRCH ? null : throw KernelException.Last($"pidfd_open({processId})");
    }

    /// <summary>Blocks the thread, which should be one of its own, until the process ends: the shortest way from its death to an action.</summary>
    /// <param name="timeout">Null waits for ever.</param>
    /// <returns>False when the time is over or the handle was disposed.</returns>
    public bool WaitForExit(TimeSpan? timeout = null) => _waiter.Wait(_process, timeout);

    /// <returns>False when the process has ended.</returns>
    /// <exception cref="KernelException">Not permitted.</exception>
    public bool Send(ProcessSignal signal)
    {
        if (Libc.pidfd_send_signal(SystemCall.PidfdSendSignal, _process, (nint)signal, null, 0) == 0) return true;
        return KernelException.LastErrno is Errno.ESRCH ? false : throw KernelException.Last($"cannot send {signal} to process {ProcessId}");
    }

    /// <summary>Ends a wait under way on another thread; the process lives on.</summary>
    public void Dispose()
    {
        _waiter.Stop();
        _process.Dispose();
        _waiter.Dispose();
    }
}
