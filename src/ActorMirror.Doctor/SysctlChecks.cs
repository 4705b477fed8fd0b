using ActorMirror.DataPlane.Host;
using ActorMirror.Domain.Devices;
using ActorMirror.Kernel.Sysctls;

namespace ActorMirror.Doctor;

/// <summary>Whether the data plane's kernel settings are what the daemon set at its start.</summary>
internal static class SysctlChecks
{
    public static IEnumerable<Finding> Run(DeviceGroupModel model)
    {
        using var thread = Examination.DataPlaneOf(model);
        if (thread is null)
            return [new Finding("sysctls", "data plane", Verdict.Skipped, "the data plane's network namespace is not there yet; the daemon makes it and sets them at its start")];
        var values = new SysctlValues(thread);
        var wrong = DataPlaneSysctls.For(model).Select(wanted => (wanted.Name, wanted.Value, Found: Read(values, wanted.Name))).Where(s => s.Found != s.Value).ToList();
        return wrong.Count == 0
            ? [new Finding("sysctls", "data plane", Verdict.Fine, "every setting is as the data plane needs it")]
            : wrong.Select(s => new Finding(
                "sysctls", s.Name, Verdict.Trouble, s.Found is null ? "the kernel does not have it here" : $"it is {s.Found}, and the data plane needs {s.Value}",
                "the daemon sets it at its start; if it runs, find what changed it afterwards (sysctl.d, a configuration agent), and restart the daemon"));
    }

    private static string? Read(SysctlValues values, string name)
    {
        try
        {
            return values.Read(name);
        }
        catch (SysctlException)
        {
            return null;
        }
    }
}
