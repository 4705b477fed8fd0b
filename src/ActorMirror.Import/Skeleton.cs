using System.Collections.Immutable;
using ActorMirror.Domain.Addresses;
using ActorMirror.Import.Hocon;
using ActorMirror.Import.Reports;

namespace ActorMirror.Import;

/// <summary>
/// What a configuration needs beside its objects: devices in a group, an engine, a traffic group, a VLAN. Where the files do not say it,
/// something harmless stands there, and the report names it.
/// </summary>
internal static class Skeleton
{
    /// <summary>An address for what the files do not say: it reaches no other device.</summary>
    private const string Loopback = "127.0.0.1";

    private const string GroupName = "device-group";

    /// <summary>One device, alone, when the files name none; a group of the device itself when they name none.</summary>
    /// <param name="hint">A name for the device.</param>
    /// <param name="remedy">What would make it known.</param>
    public static void Devices(Draft draft, Report report, string hint, string remedy)
    {
        if (draft.Devices.Objects.Count == 0)
        {
            draft.Self = Nowhere(draft.Devices.Add(hint, default, "")).Name;
            report.Assume($"devices.{draft.Self}", $"the files name no device: {remedy}, or set its addresses");
        }

        if (draft.DeviceGroup is null)
        {
            draft.DeviceGroup = Group([draft.Self]);
            report.Assume("device-group", $"the files name no group of devices that back each other up: '{draft.Self}' is alone in it");
        }

        if (draft.Members.Length == 1)
        {
            draft.Settings.Add(new Setting("cluster.engine", "standalone"));
        }
        else if (draft.Members.Length == 2)
        {
            draft.Settings.Add(new Setting("cluster.allow-unsafe-pair", true));
            report.Assume("cluster.allow-unsafe-pair", "two devices alone cannot tell a dead peer from a cut network, as on a BIG-IP: add a third device, or leave it");
        }
    }

    /// <summary>The traffic group of that name, made when it is not there.</summary>
    public static string TrafficGroup(Draft draft, Report report, string sourceName)
    {
        if (draft.TrafficGroups.NameOf(sourceName) is { } known) return known;
        var group = draft.TrafficGroups.Add(sourceName, default, "").Set("ha-order", new Value.List(draft.Members));
        report.Assume($"traffic-groups.{group.Name}", "the files use it and do not say what it is: every device of the group may be active for it, in the order of the group");
        return group.Name;
    }

    /// <summary>The VLAN of that name, made when it is not there.</summary>
    public static string Vlan(Draft draft, Report report, string sourceName, string reason)
    {
        if (draft.Vlans.NameOf(sourceName) is { } known) return known;
        var vlan = draft.Vlans.Add(sourceName, default, "");
        vlan.Set("interface", Naming.Clean(vlan.Name, 15));
        report.Assume($"vlans.{vlan.Name}", $"{reason}: set the interface that reaches it");
        return vlan.Name;
    }

    /// <summary>At least one of what there must be.</summary>
    public static void Complete(Draft draft, Report report)
    {
        if (draft.TrafficGroups.Objects.Count == 0) TrafficGroup(draft, report, "traffic-group-1");
        if (draft.Vlans.Objects.Count == 0) Vlan(draft, report, "external", "the files name no VLAN that is carried over");
    }

    /// <summary>What can be said only when everything else is there.</summary>
    public static void Finish(Draft draft, Report report)
    {
        var prefixes = draft.SelfIps.Objects.Select(s => Prefix.TryParse(s.Text("address"), out var prefix) ? prefix : (Prefix?)null).OfType<Prefix>().ToList();
        var isShared = draft.Devices.Objects.SelectMany(AddressesOf).Any(a => prefixes.Exists(p => p.Contains(a)));
        if (!isShared) return;
        draft.Settings.Add(new Setting("data-plane.namespace", "host"));
        report.Assume("data-plane.namespace", "devices have their mirror, management or link addresses on VLANs with self IPs: the data plane stays in the host's network namespace");
    }

    /// <summary>Whether nothing is left of devices that the files name.</summary>
    public static bool IsAlone(Draft draft) => draft.Devices.Objects is [{ Title.Length: 0 }];

    /// <summary>The devices of the files cannot stand in a configuration: one stands there instead, as if they had named none.</summary>
    public static void LeaveOutGroup(Draft draft, string reason, Report report)
    {
        foreach (var device in draft.Devices.Objects.Where(d => d.Title.Length > 0)) report.LeaveOut(device.Place, device.Title, "", reason);
        if (draft.DeviceGroup is { Title.Length: > 0 } group) report.LeaveOut(group.Place, group.Title, "", reason);
        draft.Devices.Replace(Nowhere(new DraftObject(draft.Self, default, "")));
        draft.DeviceGroup = Group([draft.Self]);
        draft.Settings.RemoveAll(s => s.Key.StartsWith("cluster.", StringComparison.Ordinal));
        draft.Settings.Add(new Setting("cluster.engine", "standalone"));
        report.Assume($"devices.{draft.Self}", $"its addresses: the devices of the files are left out ({reason})");
        foreach (var trafficGroup in draft.TrafficGroups.Objects)
        {
            trafficGroup.Settings.Clear();
            trafficGroup.Set("ha-order", new Value.List(draft.Members));
        }

        foreach (var selfIp in draft.SelfIps.Objects.Where(s => s.Text("device") is { } owner && owner != draft.Self).ToList())
        {
            draft.SelfIps.Remove(selfIp);
            report.LeaveOut(selfIp.Place, selfIp.Title, "", "its device is left out");
        }
    }

    private static DraftObject Nowhere(DraftObject device) => device.Set("id", 1).Set("management", Loopback).Set("mirror", Loopback);

    private static DraftObject Group(ImmutableArray<string> members) =>
        new DraftObject(GroupName, default, "").Set("name", GroupName).Set("members", new Value.List(members));

    private static IEnumerable<Address> AddressesOf(DraftObject device) => device.Settings
        .SelectMany(s => s.Value switch { Value.Text text => [text.Content], Value.List list => list.Items, _ => ImmutableArray<string>.Empty })
        .Select(a => Address.TryParse(a, out var address) ? address : (Address?)null)
        .OfType<Address>();
}
