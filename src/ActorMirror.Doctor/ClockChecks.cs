using ActorMirror.Kernel.Processes;

namespace ActorMirror.Doctor;

/// <summary>The wall clock: nothing decides by it but the validity of certificates, and people compare times of several devices.</summary>
internal static class ClockChecks
{
    public static IEnumerable<Finding> Run() =>
    [
        ClockDiscipline.IsSynchronized
            ? new Finding("clock", "synchronisation", Verdict.Fine, "the kernel's clock is synchronised")
            : new Finding(
                "clock", "synchronisation", Verdict.Advice, "nothing keeps this clock at the world's time: logs of several devices do not fit together, and certificates end early or late",
                "install chrony or systemd-timesyncd"),
    ];
}
