using System.Collections.Frozen;
using System.Collections.Immutable;
using ActorMirror.Import.Tmsh;

namespace ActorMirror.Import.BigIp;

/// <summary>
/// Every kind of object there is an answer for: those that are carried over with their readers, and why the others are not. When the
/// configuration learns a kind, its line moves from below to above.
/// </summary>
internal static partial class StanzaKinds
{
    /// <summary>The kind after which all devices are known.</summary>
    public const string LastOfDevices = "cm device-group";

    /// <summary>In the order in which they are read: what refers to a kind comes after it.</summary>
    public static readonly ImmutableArray<(string Kind, Action<Conversion, Stanza> Reader)> CarriedOver =
    [
        ("cm device", Devices.Read),
        (LastOfDevices, DeviceGroups.Read),
        ("cm traffic-group", TrafficGroups.Read),
        ("net vlan", Vlans.Read),
        ("net self", SelfIps.Read),
        .. Monitors.Kinds.Select(kind => (kind, (Action<Conversion, Stanza>)Monitors.Read)),
        ("ltm pool", Pools.Read),
        ("sys ha-group", HaGroups.Read),
        ("ltm node", Nodes.Read),
        ("ltm virtual-address", VirtualAddresses.Read),
        ("ltm snat-translation", SnatTranslations.Read),
        ("ltm snatpool", SnatPools.Read),
        ("ltm virtual", VirtualServers.Read),
        ("ltm snat", Snats.Read),
        ("ltm profile fastl4", Profiles.Read),
        ("ltm profile tcp", Profiles.Read),
        ("ltm profile udp", Profiles.Read),
    ];

    private static readonly FrozenSet<string> Carried = CarriedOver.Select(c => c.Kind).ToFrozenSet();

    public static bool IsCarriedOver(string kind) => Carried.Contains(kind);

    /// <summary>Whether there is more to say of a kind than that it is not known.</summary>
    public static bool IsKnown(string kind) => IsCarriedOver(kind) || ReasonFor(kind) is not null;

    public static string WhyNot(string kind) => ReasonFor(kind) ?? "this kind of object is not known";

    /// <summary>The reason of the longest family of kinds that it belongs to.</summary>
    private static string? ReasonFor(string kind)
    {
        for (var family = kind; family.Length > 0; family = family[..Math.Max(0, family.LastIndexOf(' '))])
        {
            if (Reasons.TryGetValue(family, out var reason)) return reason;
        }

        return null;
    }
}
