using System.Collections.Immutable;
using System.Globalization;
using ActorMirror.Domain.Addresses;
using ActorMirror.Import.Hocon;
using ActorMirror.Import.Reports;
using ActorMirror.Import.Syntax;

namespace ActorMirror.Import.Keepalived;

/// <summary>
/// <c>vrrp_instance</c> and <c>vrrp_sync_group</c> to traffic groups; their addresses to virtual addresses where a virtual server listens, to floating
/// self IPs where they have a subnet length.
/// </summary>
internal static class VrrpInstances
{
    private const string NotifyHook = "notify-hook runs one program for all roles and groups, with the group, the role and the epoch as arguments";

    public static void Read(Conversion conversion)
    {
        foreach (var group in conversion.Blocks.Where(b => b.Key == "vrrp_sync_group"))
        {
            var properties = conversion.Open(group);
            properties.Ignore(["group", "global_tracking", .. Conversion.Instances(group)]);
            properties.LeaveOut(NotifyHook, "notify", "notify_master", "notify_backup", "notify_fault", "notify_stop");
            properties.LeaveOut(Conversion.NotYet + ": conditions of failover", "track_script", "track_interface", "track_file", "track_process", "track_bfd");
            properties.LeaveOutTheRest();
        }

        var listening = VirtualServers.Listening(conversion);
        foreach (var instance in conversion.Blocks.Where(b => b.Key == "vrrp_instance")) Read(conversion, instance, listening);
    }

    private static void Read(Conversion conversion, Item instance, HashSet<Address> listening)
    {
        var properties = conversion.Open(instance);
        var group = TrafficGroup(conversion, instance, properties);
        var device = properties.Word("interface");
        foreach (var key in (ReadOnlySpan<string>)["virtual_ipaddress", "virtual_ipaddress_excluded"])
        {
            foreach (var entry in properties.Take(key)?.Entries ?? []) Addresses(conversion, properties, entry, device, group, listening);
        }

        properties.Ignore("virtual_router_id", "unicast_src_ip", "unicast_peer", "version", "accept", "nopreempt", "lvs_sync_daemon_interface");
        properties.LeaveOut("corosync authenticates devices with cluster.key-file, mirror channels with certificates", "authentication");
        properties.LeaveOut("devices are watched by corosync: cluster.token says how fast", "advert_int", "down_timer_adverts", "dont_track_primary");
        properties.LeaveOut(NotifyHook, "notify", "notify_master", "notify_backup", "notify_fault", "notify_stop", "notify_deleted");
        properties.LeaveOut(Conversion.NotYet + ": conditions of failover; the links of VLANs are watched", "track_script", "track_interface", "track_file", "track_process", "track_bfd");
        properties.LeaveOut("the host's own: set routes in the network namespace of the data plane", "virtual_routes", "virtual_rules");
        properties.LeaveOut(
            "addresses answer from the interface's own MAC address and are announced after a move",
            "use_vmac", "vmac_xmit_base", "garp_master_delay", "garp_master_refresh", "garp_master_repeat");
        properties.LeaveOut("a traffic group stays where it is unless it has auto-failback", "preempt_delay", "preempt");
        properties.LeaveOut("mail is not sent: alarms are in 'amctl'", "smtp_alert");
        properties.LeaveOutTheRest();
    }

    /// <summary>One for each sync group, one for each other instance. Of the order of devices the file says whether its host comes first.</summary>
    private static string TrafficGroup(Conversion conversion, Item instance, Properties properties)
    {
        var draft = conversion.Draft;
        var source = conversion.GroupOf(instance.Value);
        var hasPriority = int.TryParse(properties.Word("priority"), NumberStyles.None, CultureInfo.InvariantCulture, out var priority);
        var isFirst = properties.Word("state") is "MASTER" || (hasPriority && priority > 100);
        properties.Ignore("state", "priority");
        if (draft.TrafficGroups.NameOf(source) is { } known) return known;
        ImmutableArray<string> others = [.. draft.Members.Where(m => m != draft.Self)];
        var made = draft.TrafficGroups.Add(source, instance.Place, Conversion.Title(instance))
            .Set("ha-order", new Value.List(isFirst ? [draft.Self, .. others] : [.. others, draft.Self]));
        if (others.Length > 0) conversion.Report.Assume($"traffic-groups.{made.Name}.ha-order", $"this host is {(isFirst ? "first" : "last")}: the priorities of the others stand in their files");
        return made.Name;
    }

    /// <summary>"ADDRESS[/LENGTH] [dev INTERFACE] [label L] ...", or several addresses on one line.</summary>
    private static void Addresses(Conversion conversion, Properties properties, Item entry, string? device, string group, HashSet<Address> listening)
    {
        var dev = entry.Words.IndexOf("dev");
        var on = dev >= 0 && dev + 1 < entry.Words.Length ? entry.Words[dev + 1] : device;
        var any = false;
        foreach (var word in entry.Words)
        {
            var text = word.Split('/')[0];
            if (!Address.TryParse(text, out var address)) continue;
            any = true;
            if (on is null) properties.LeaveOut(entry, "the instance has no interface");
            else if (listening.Contains(address)) Listening(conversion, entry, address, Vlan(conversion, entry, on), group);
            else if (Prefix.TryParse(word, out var prefix) && prefix.Length < address.Bits) Floating(conversion, entry, prefix, Vlan(conversion, entry, on), group);
            else properties.LeaveOut(entry, "no virtual server listens on it, and without the length of its subnet it is no floating self IP: write ADDRESS/LENGTH");
        }

        if (!any) properties.LeaveOut(entry, "no address");
    }

    private static void Listening(Conversion conversion, Item entry, Address address, string vlan, string group)
    {
        var source = address.ToString();
        if (conversion.Draft.VirtualAddresses.NameOf(source) is not null) return;
        conversion.Draft.VirtualAddresses.Add(source, entry.Place, $"virtual_ipaddress {address}").Set("address", source).Set("traffic-group", group).Set("vlan", vlan);
    }

    private static void Floating(Conversion conversion, Item entry, Prefix prefix, string vlan, string group) =>
        conversion.Draft.SelfIps.Add(prefix.Address.ToString(), entry.Place, $"virtual_ipaddress {prefix}")
            .Set("address", prefix.ToString()).Set("vlan", vlan).Set("traffic-group", group);

    private static string Vlan(Conversion conversion, Item entry, string device) =>
        conversion.Draft.Vlans.NameOf(device) ?? conversion.Draft.Vlans.Add(device, entry.Place, $"interface {device}").Set("interface", device).Name;
}
