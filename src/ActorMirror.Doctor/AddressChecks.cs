using ActorMirror.Domain.Addresses;
using ActorMirror.Domain.Devices;
using ActorMirror.Kernel.Addresses;
using ActorMirror.Kernel.Namespaces;

namespace ActorMirror.Doctor;

/// <summary>This device's own addresses, which its host configures: without them it neither takes part nor mirrors.</summary>
internal static class AddressChecks
{
    public static IEnumerable<Finding> Run(DeviceGroupModel model)
    {
        using var thread = NamespaceThread.Enter(null);
        using var addresses = InterfaceAddresses.Open(thread);
        var present = addresses.List().Select(a => a.Address).ToHashSet();
        return OwnOf(model.Self).GroupBy(a => a.Address).Select(a =>
        {
            var what = string.Join(", ", a.Select(x => x.What));
            return present.Contains(a.Key.Value)
                ? new Finding("addresses", what, Verdict.Fine, $"{a.Key} is on this host")
                : new Finding("addresses", what, Verdict.Trouble, $"{a.Key} is on no interface of this host", "configure it on the host, or correct it in the configuration");
        });
    }

    private static IEnumerable<(Address Address, string What)> OwnOf(Device self) =>
    [
        (self.Management, "management"),
        (self.Mirror, "mirror"),
        .. self.MirrorSecondary is { } secondary ? ((Address, string)[])[(secondary, "mirror-secondary")] : [],
        .. self.ClusterLinks.Select((link, number) => (link, $"cluster link {number}")),
    ];
}
