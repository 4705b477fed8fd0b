using System.Collections.Immutable;
using ActorMirror.Import.Hocon;
using ActorMirror.Import.Reports;
using ActorMirror.Import.Syntax;
using ActorMirror.Import.Tmsh;

namespace ActorMirror.Import.BigIp;

/// <summary><c>cm device-group</c>: the first of type sync-failover, which is the one that moves traffic groups.</summary>
internal static class DeviceGroups
{
    public static void Read(Conversion conversion, Stanza stanza)
    {
        var (draft, properties) = (conversion.Draft, conversion.Open(stanza));
        if (properties.Word("type") != "sync-failover")
        {
            properties.LeaveOutAll("it only synchronises configurations: traffic groups do not move in it");
            return;
        }

        if (draft.DeviceGroup is { Title: var first })
        {
            properties.LeaveOutAll($"there is one device group, {first}");
            return;
        }

        var members = Members(conversion, properties.Take("devices"), properties);
        if (members.IsEmpty)
        {
            properties.LeaveOutAll("none of its devices is known");
            return;
        }

        if (!members.Contains(draft.Self)) draft.Self = members[0];
        draft.DeviceGroup = new DraftObject(Naming.Clean(Paths.Last(stanza.Name)), stanza.Place, stanza.Title, properties.Description)
            .Set("name", Naming.Clean(Paths.Last(stanza.Name)))
            .Set("members", new Value.List(members));
        properties.Same("network-failover", "enabled");
        properties.LeaveOut(
            "the configuration is the same file on every device: copy it",
            "auto-sync", "full-load-on-sync", "incremental-config-sync-size-max", "save-on-auto-sync", "asm-sync");
        properties.LeaveOutTheRest();
    }

    private static ImmutableArray<string> Members(Conversion conversion, Item? devices, Properties properties)
    {
        var members = ImmutableArray.CreateBuilder<string>();
        foreach (var entry in devices?.Entries ?? [])
        {
            if (conversion.Draft.Devices.NameOf(Paths.Absolute(entry.Key)) is not { } name) properties.LeaveOut(entry, "this device is not carried over");
            else if (!members.Contains(name)) members.Add(name);
        }

        return members.ToImmutable();
    }
}
