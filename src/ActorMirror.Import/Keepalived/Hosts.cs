using ActorMirror.Domain.Addresses;
using ActorMirror.Domain.Devices;
using ActorMirror.Import.Hocon;
using ActorMirror.Import.Syntax;

namespace ActorMirror.Import.Keepalived;

/// <summary>
/// <c>global_defs</c>, and the hosts: those that unicast_src_ip and unicast_peer name. One address of each is known, and stands for its management,
/// its mirror and its cluster link.
/// </summary>
internal static class Hosts
{
    public static void Read(Conversion conversion)
    {
        foreach (var block in conversion.Blocks.Where(b => b.Key == "global_defs"))
        {
            var properties = conversion.Open(block);
            properties.Ignore("router_id");
            properties.LeaveOut(
                "mail is not sent: alarms are in 'amctl', changes of roles go to notify-hook",
                "notification_email", "notification_email_from", "smtp_server", "smtp_connect_timeout", "smtp_alert", "smtp_helo_name");
            properties.LeaveOut("connections are mirrored where virtual servers say mirror = on", "lvs_sync_daemon");
            properties.LeaveOutTheRest("settings of keepalived's own");
        }

        if (conversion.Blocks.FirstOrDefault(b => b.Key == "vrrp_instance" && b["unicast_peer"] is not null && Address(b["unicast_src_ip"]?.Value) is not null) is not { } instance) return;
        var own = Address(instance["unicast_src_ip"]!.Value)!;
        var named = instance["unicast_peer"]!.Entries.Select(e => (e.Place, Address: Address(e.Key)));
        var peers = named.Where(p => p.Address is not null && p.Address != own).DistinctBy(p => p.Address).Take(DeviceId.Maximum - 1).ToList();
        if (peers.Count == 0) return;

        conversion.Draft.Self = Add(conversion, conversion.RouterId, instance.Place, $"{Conversion.Title(instance)} unicast_src_ip", own);
        foreach (var (place, address) in peers) Add(conversion, $"peer-{address}", place, $"{Conversion.Title(instance)} unicast_peer {address}", address!);
        conversion.Draft.DeviceGroup = new DraftObject("device-group", instance.Place, "")
            .Set("name", "device-group")
            .Set("members", new Value.List([.. conversion.Draft.Devices.Objects.Select(d => d.Name)]));
        conversion.Report.Assume(
            "devices",
            "of each host one address is known, which stands for management, mirror and cluster link: give each a network of its own, and the peers their names");
    }

    private static string Add(Conversion conversion, string name, Place place, string title, string address) => conversion.Draft.Devices.Add(name, place, title)
        .Set("id", conversion.Draft.Devices.Objects.Count)
        .Set("management", address)
        .Set("mirror", address)
        .Set("cluster-links", new Value.List([address])).Name;

    private static string? Address(string? text) => Domain.Addresses.Address.TryParse(text, out var address) ? address.ToString() : null;
}
