using System.Runtime.InteropServices;

namespace ActorMirror.Kernel.Native;

/// <summary>Processes and clocks.</summary>
internal static unsafe partial class Libc
{
    // syscall(2) is variadic, but takes its arguments in registers like any other function on x86-64 and on Linux arm64. The C library of
    // Debian 12 has no wrappers for these two that an older one would have too.
    [LibraryImport(Library, EntryPoint = "syscall", SetLastError = true)]
    internal static partial Descriptor pidfd_open(nint number, nint processId, nint flags);

    [LibraryImport(Library, EntryPoint = "syscall", SetLastError = true)]
    internal static partial nint pidfd_send_signal(nint number, Descriptor process, nint signal, void* information, nint flags);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int prctl(int option, nint a, nint b, nint c, nint d);

    [LibraryImport(Library)]
    internal static partial int getppid();

    /// <param name="thread">0 is the calling thread, not its process (sched(7)).</param>
    [LibraryImport(Library, SetLastError = true)]
    internal static partial int sched_setscheduler(int thread, int policy, SchedulingParameters* parameters);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int setpriority(int which, int who, int niceness);

    [LibraryImport(Library)]
    internal static partial int getsid(int process);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int mlockall(int flags);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int adjtimex(Processes.TimeAdjustment* adjustment);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int clock_gettime(int clock, TimeSpecification* time);
}

[KernelHeader("sys/syscall.h", "SYS_")]
internal static class SystemCall
{
    [KernelName("SYS_pidfd_send_signal")]
    public const int PidfdSendSignal = 424;

    [KernelName("SYS_pidfd_open")]
    public const int PidfdOpen = 434;
}

[KernelHeader("sys/prctl.h", "PR_")]
internal static class ProcessControl
{
    public const int SetPdeathsig = 1;
}

[KernelHeader("sched.h", "SCHED_")]
internal static class SchedulingPolicy
{
    public const int Rr = 2;
    public const int ResetOnFork = 0x4000_0000;
}

[KernelHeader("sched.h", "sched_", Type = "struct sched_param")]
[StructLayout(LayoutKind.Sequential)]
internal struct SchedulingParameters
{
    public int Priority;
}

[KernelHeader("sys/resource.h", "PRIO_")]
internal static class PriorityOf
{
    public const int Process = 0;
}

[KernelHeader("sys/mman.h", "MCL_")]
internal static class LockAll
{
    public const int Current = 1;
    public const int Future = 2;

    [KernelName("MCL_ONFAULT")]
    public const int OnFault = 4;
}

[KernelHeader("time.h", "CLOCK_")]
internal static class ClockKind
{
    public const int Monotonic = 1;
    public const int Boottime = 7;
}

[KernelHeader("time.h", "tv_", Type = "struct timespec")]
[StructLayout(LayoutKind.Sequential)]
internal struct TimeSpecification
{
    public long Sec;
    public long Nsec;
}
