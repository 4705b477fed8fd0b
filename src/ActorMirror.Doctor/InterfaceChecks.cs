using ActorMirror.Domain.Devices;
using ActorMirror.Kernel.Links;
using ActorMirror.Kernel.Namespaces;

namespace ActorMirror.Doctor;

/// <summary>The VLANs' interfaces: where they should be, and whether a cable is in them.</summary>
internal static class InterfaceChecks
{
    public static IEnumerable<Finding> Run(DeviceGroupModel model)
    {
        var (host, inside) = (LinksOf(NamespaceThread.Enter(null)), LinksOf(Examination.DataPlaneOf(model)));
        foreach (var vlan in model.Vlans)
        {
            var link = (vlan.InDataPlane ? inside : null)?.GetValueOrDefault(vlan.Interface) ?? host!.GetValueOrDefault(vlan.Interface);
            var what = $"VLAN {vlan.Name}";
            yield return link switch
            {
                null => new Finding(
                    "interfaces", what, Verdict.Trouble, $"there is no interface '{vlan.Interface}'", $"make it, or correct vlans.{vlan.Name}.interface in the configuration"),
                { HasCarrier: true } => new Finding("interfaces", what, Verdict.Fine, $"'{vlan.Interface}' is up, with a link"),
                { IsUp: true } => new Finding("interfaces", what, Verdict.Trouble, $"'{vlan.Interface}' has no link", "see cable, switch port and the switch's configuration"),
                _ => new Finding("interfaces", what, Verdict.Advice, $"'{vlan.Interface}' is switched off; the daemon switches it on at its start"),
            };
        }
    }

    private static Dictionary<string, NetworkLink>? LinksOf(NamespaceThread? thread)
    {
        if (thread is null) return null;
        using (thread)
        {
            using var links = NetworkLinks.Open(thread);
            return links.List().ToDictionary(l => l.Name, StringComparer.Ordinal);
        }
    }
}
