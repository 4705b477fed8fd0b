using System.Diagnostics;

namespace ActorMirror.Actors.Alarms;

/// <summary>What an operator is to act on. Its name is the alarm's id in <c>amctl</c> and JSON, in kebab-case.</summary>
public enum AlarmKind
{
    /// <summary>Two devices without an arbiter run.</summary>
    UnsafePair,

    /// <summary>This device takes no part in the group now.</summary>
    OutOfGroup,

    /// <summary>An operator took this device out of service.</summary>
    Offline,

    /// <summary>This device gave up all its roles at once, and has not come back yet.</summary>
    RolesDropped,

    /// <summary>The thread of the lease runs at ordinary priority.</summary>
    RealTimeRefused,

    /// <summary>A traffic group has moved so often that failures move it no further.</summary>
    Flapping,

    /// <summary>A traffic group is active here and no device is there to mirror it to.</summary>
    NoMirror,

    /// <summary>The mirror's copy of a traffic group has not been complete for long.</summary>
    MirrorDesynced,

    /// <summary>The journal does not keep everything.</summary>
    JournalUnwell,

    /// <summary>Every member of a pool is down.</summary>
    PoolDown,

    /// <summary>The interface of a VLAN has no link.</summary>
    VlanDown,

    /// <summary>A cluster link to another device does not connect.</summary>
    ClusterLinkDown,

    /// <summary>This device cannot say who it is: it neither mirrors nor is mirrored.</summary>
    TrustMissing,

    /// <summary>A certificate ends soon, or has ended.</summary>
    TrustExpires,

    /// <summary>A virtual address was announced after a promotion, and its connections do not arrive.</summary>
    AnnouncementUnanswered,

    /// <summary>The management API is configured and not served.</summary>
    ApiUnavailable,

    /// <summary>Another station claims an address that is active on this device.</summary>
    AddressConflict,
}

/// <summary>A condition that stands.</summary>
/// <param name="About">The object it is about (a traffic group, pool, VLAN, address); null for the device itself.</param>
/// <param name="Since">When it was raised, on the wall clock.</param>
/// <param name="SinceTimestamp">The same moment on the monotonic clock.</param>
public sealed record Alarm(AlarmKind Kind, string? About, string Text, DateTimeOffset Since, long SinceTimestamp)
{
    /// <summary>What to do about it, in one sentence.</summary>
    public string Remedy => Kind switch
    {
        AlarmKind.UnsafePair => "add a third device; one that no HA order names is an arbiter",
        AlarmKind.OutOfGroup => "see that this device reaches the others on its cluster links, and that more than half of them run",
        AlarmKind.Offline => "'amctl device release' with its name brings it back",
        AlarmKind.RolesDropped => "see what the reason names: a machine that stood still or has no processor time left, cut cluster links, a corosync that ended",
        AlarmKind.RealTimeRefused => "give the daemon CAP_SYS_NICE and its control group real-time bandwidth, and restart it",
        AlarmKind.Flapping => "find what fells its devices one after the other, in their logs; 'amctl traffic-group force-standby' moves it nevertheless",
        AlarmKind.NoMirror => "start another device of the HA order, and see that its configuration has the traffic group",
        AlarmKind.MirrorDesynced => "see the reason in 'amctl mirror show', and that the mirror addresses reach each other",
        AlarmKind.JournalUnwell => "see that the state directory is writable and its file system is not full",
        AlarmKind.PoolDown => "see that a member runs and answers its monitor from this device",
        AlarmKind.VlanDown => "see cable, switch port and interface of the VLAN",
        AlarmKind.ClusterLinkDown => "see that the device runs, and cable, switch port and interface of that cluster link on both devices",
        AlarmKind.TrustMissing => "run 'amctl trust init' on the first device of the group, 'amctl trust join' on the others; a running daemon takes it",
        AlarmKind.TrustExpires => "renew the certificate with 'amctl trust join'; an authority that ends is made anew with 'amctl trust init'",
        AlarmKind.AnnouncementUnanswered =>
            "the network seems to drop gratuitous ARP: see the switch's ARP inspection and the routers' ARP settings",
        AlarmKind.ApiUnavailable => "see the management section of the configuration: address, port and certificate; it is tried again every few seconds",
        AlarmKind.AddressConflict => "find the station with that MAC address and take the address from it",
        _ => throw new UnreachableException(),
    };
}
