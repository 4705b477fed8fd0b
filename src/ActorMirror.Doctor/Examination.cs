using System.Collections.Immutable;
using ActorMirror.Domain.Devices;
using ActorMirror.Kernel.Namespaces;

namespace ActorMirror.Doctor;

/// <summary>
/// Looks at everything a device stands on, whether its daemon runs or not, and changes nothing but in a throw-away namespace. A check that fails is a
/// finding; none keeps another from being made.
/// </summary>
/// <param name="stateDirectory">The daemon's.</param>
public sealed class Examination(DeviceGroupModel model, string stateDirectory, TimeProvider time)
{
    /// <summary>In the order in which to read them: what later ones stand on comes first.</summary>
    public async Task<ImmutableArray<Finding>> RunAsync(CancellationToken cancellation)
    {
        // Peers are far away; the others take some tens of milliseconds.
        var peers = new PeerChecks(model).RunAsync(cancellation);
        return
        [
            .. Guarded("kernel", () => KernelChecks.Run(model)),
            .. Guarded("packages", () => PackageChecks.Run(model)),
            .. Guarded("interfaces", () => InterfaceChecks.Run(model)),
            .. Guarded("addresses", () => AddressChecks.Run(model)),
            .. Guarded("sysctls", () => SysctlChecks.Run(model)),
            .. Guarded("tables", () => TableChecks.Run(model)),
            .. Guarded("clock", ClockChecks.Run),
            .. Guarded("trust", () => TrustChecks.Run(model, stateDirectory, time)),
            .. Guarded("state", () => StateChecks.Run(stateDirectory)),
            .. await peers,
        ];
    }

    /// <summary>Null: it is not there yet, the daemon makes it; or it may not be entered.</summary>
    internal static NamespaceThread? DataPlaneOf(DeviceGroupModel model)
    {
        try
        {
            return model.DataPlane.Namespace is { } name && !NetworkNamespace.Exists(name) ? null : NamespaceThread.Enter(model.DataPlane.Namespace);
        }
        catch (Kernel.KernelException)
        {
            return null;
        }
    }

    private static IEnumerable<Finding> Guarded(string area, Func<IEnumerable<Finding>> check)
    {
        try
        {
            return [.. check()];
        }
        catch (Exception failure)
        {
            return [new Finding(area, "the check itself", Verdict.Skipped, $"it could not be made: {failure.Message}", Environment.IsPrivilegedProcess ? "" : "run it as root")];
        }
    }
}
