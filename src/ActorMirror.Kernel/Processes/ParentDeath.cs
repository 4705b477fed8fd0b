using ActorMirror.Kernel.Native;

namespace ActorMirror.Kernel.Processes;

/// <summary>Ties this process's life to its parent's (PR_SET_PDEATHSIG).</summary>
public static class ParentDeath
{
    /// <summary>
    /// The kernel will send this process the signal when the parent's <em>thread</em> that started it ends. Returns false when the parent is
    /// not (or no more) the process given: then no signal will come and the caller should end by itself.
    /// </summary>
    public static bool Signals(ProcessSignal signal, int parentProcessId)
    {
        if (Libc.prctl(ProcessControl.SetPdeathsig, (nint)signal, 0, 0, 0) != 0) throw KernelException.Last("prctl(PR_SET_PDEATHSIG)");
        // Asked after the call: a parent that died before it sends nothing.
        return Libc.getppid() == parentProcessId;
    }
}
