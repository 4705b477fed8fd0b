using ActorMirror.Domain.Devices;
using ActorMirror.Kernel.Probes;

namespace ActorMirror.Doctor;

/// <summary>What the kernel can do, by doing it.</summary>
internal static class KernelChecks
{
    public static IEnumerable<Finding> Run(DeviceGroupModel model)
    {
        yield return Environment.IsPrivilegedProcess
            ? new Finding("kernel", "privileges", Verdict.Fine, "runs as root")
            : new Finding("kernel", "privileges", Verdict.Skipped, "without root little can be looked at", "run it as root");
        if (!Environment.IsPrivilegedProcess) yield break;
        foreach (var result in KernelProbe.Run(ipv6: !model.Ipv6Vlans.IsEmpty, byBytes: model.Listeners.Any(l => l.Mirror.AfterBytes is not null), ftp: model.HasFtp))
            yield return new Finding("kernel", result.Name, result.Ok ? Verdict.Fine : Verdict.Trouble, result.Sentence, result.Remedy);
    }
}
