using System.Diagnostics;
using ActorMirror.Kernel.Native;

namespace ActorMirror.Kernel.Processes;

/// <summary>The clocks that no one sets.</summary>
public static unsafe class MonotonicClock
{
    /// <summary>CLOCK_MONOTONIC, which Stopwatch reads too: since boot, standing still while the machine is suspended. The same in all processes.</summary>
    public static TimeSpan Now => Stopwatch.GetElapsedTime(0);

    /// <summary>CLOCK_BOOTTIME: since boot, suspensions included.</summary>
    public static TimeSpan SinceBoot
    {
        get
        {
            TimeSpecification time;
            if (Libc.clock_gettime(ClockKind.Boottime, &time) != 0) throw KernelException.Last("clock_gettime(CLOCK_BOOTTIME)");
            return new TimeSpan((time.Sec * TimeSpan.TicksPerSecond) + (time.Nsec / TimeSpan.NanosecondsPerTick));
        }
    }

    /// <summary>Total time suspended since boot; it grows when the machine resumes, and never otherwise (by more than reading two clocks takes).</summary>
    public static TimeSpan Suspended => SinceBoot - Now;
}
