using ActorMirror.Import.Hocon;
using ActorMirror.Import.Reports;
using ActorMirror.Import.Tmsh;

namespace ActorMirror.Import.BigIp;

/// <summary><c>net vlan</c>: its interface has the VLAN's name, as on the Linux side of a BIG-IP; tags and ports are made on the host.</summary>
internal static class Vlans
{
    public static void Read(Conversion conversion, Stanza stanza)
    {
        var properties = conversion.Open(stanza);
        var vlan = conversion.Draft.Vlans.Add(Paths.Absolute(stanza.Name), stanza.Place, stanza.Title, properties.Description);
        var name = Naming.Clean(vlan.Name, 15);
        vlan.Set("interface", name);
        conversion.Report.Assume($"vlans.{vlan.Name}.interface", $"the host has an interface '{name}' that reaches the VLAN{Ports(properties)}");
        properties.Ignore("if-index", "auto-lasthop", "cmp-hash", "dag-tunnel", "dag-round-robin", "hardware-syncookie", "sflow");
        properties.LeaveOut("the host's own: set it on the interface", "mtu", "fwd-mode", "customer-tag");
        properties.LeaveOut("a lost link moves traffic groups by itself, a silent segment does not", "failsafe", "failsafe-action", "failsafe-timeout");
        properties.LeaveOutTheRest();
    }

    private static string Ports(Properties properties)
    {
        var (tag, ports) = (properties.Word("tag"), properties.Take("interfaces")?.Names.ToList() ?? []);
        var parts = new[] { tag is null ? null : $"tag {tag}", ports.Count == 0 ? null : $"port {string.Join(", ", ports.Take(8))}" };
        return parts.Any(p => p is not null) ? $" ({string.Join(", ", parts.OfType<string>())} on the BIG-IP)" : "";
    }
}
