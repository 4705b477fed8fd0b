using System.Runtime.InteropServices;
using ActorMirror.Kernel.Native;

namespace ActorMirror.Kernel.Processes;

/// <summary>What the kernel knows of the wall clock (adjtimex(2)).</summary>
public static unsafe class ClockDiscipline
{
    /// <summary>Whether something keeps the clock at the world's time; asks only.</summary>
    /// <exception cref="KernelException">The kernel does not answer.</exception>
    public static bool IsSynchronized
    {
        get
        {
            TimeAdjustment nothing = default;
            var state = Libc.adjtimex(&nothing);
            return state >= 0 ? state != ClockState.Error : throw KernelException.Last("adjtimex");
        }
    }
}

/// <summary>struct timex; with no modes set nothing is changed. Of what the kernel fills in nothing is read.</summary>
[KernelHeader("sys/timex.h", Type = "struct timex")]
[StructLayout(LayoutKind.Sequential, Size = 208)]
internal struct TimeAdjustment
{
    public uint Modes;
}

[KernelHeader("sys/timex.h", "TIME_")]
internal static class ClockState
{
    public const int Error = 5;
}
