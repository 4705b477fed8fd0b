using System.Collections.Immutable;
using ActorMirror.Domain.Cluster;

namespace ActorMirror.Actors.Devices;

public abstract record DeviceMessage
{
    private DeviceMessage()
    {
    }

    /// <summary>The next event of the total order.</summary>
    public sealed record Ordered(ClusterEvent Event) : DeviceMessage;

    public sealed record LeaseGranted : DeviceMessage;

    public sealed record LeaseLost(string Reason) : DeviceMessage;

    /// <summary>VLANs whose interface is down, of those the configuration names; whole.</summary>
    public sealed record LinksChanged(ImmutableArray<string> FailedVlans) : DeviceMessage;

    /// <summary>A statement that stays true until it is replaced; null: no longer.</summary>
    public sealed record Keep(string Key, ClusterCommand? Command) : DeviceMessage;

    /// <summary>An operator moves a traffic group; answered with null when it moved, else with the reason why not.</summary>
    public sealed record ForceStandby(string Group, string? Target, TaskCompletionSource<string?> Done) : DeviceMessage;

    /// <summary>An operator takes a device out or releases it; answered with null when every device of the group knows, else with the reason why not.</summary>
    public sealed record SetOffline(string Device, bool Offline, TaskCompletionSource<string?> Done) : DeviceMessage;

    /// <summary>What this device's monitors make of its HA groups; whole, without those that are not known yet.</summary>
    public sealed record ScoresSeen(ImmutableArray<HaScore> Scores) : DeviceMessage;

    /// <summary>An operator takes the trust from a certificate; answered with null when every device of the group knows, else with the reason why not.</summary>
    public sealed record Revoke(string Serial, TaskCompletionSource<string?> Done) : DeviceMessage;

    /// <summary>The ruleset is loaded: what waits for it goes on.</summary>
    public sealed record Loaded : DeviceMessage;

    public sealed record Tick : DeviceMessage;
}
