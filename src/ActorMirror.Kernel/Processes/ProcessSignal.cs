using ActorMirror.Kernel.Native;

namespace ActorMirror.Kernel.Processes;

/// <summary>The signals the daemons and their tests send (signal(7)).</summary>
[KernelHeader("signal.h", "SIG")]
public enum ProcessSignal
{
    [KernelName("SIGINT")]
    Interrupt = 2,

    [KernelName("SIGKILL")]
    Kill = 9,

    [KernelName("SIGTERM")]
    Terminate = 15,

    [KernelName("SIGCONT")]
    Continue = 18,

    [KernelName("SIGSTOP")]
    Stop = 19,
}
