using System.Collections.Immutable;
using ActorMirror.Management.Contracts;

namespace ActorMirror.Management.Http;

/// <summary>
/// Whether the device could take over what it is to take over: the question of an orchestrator that wants to stop another device next. An active without a
/// mirror is ready itself; what it lacks is an alarm.
/// </summary>
public static class Readiness
{
    /// <returns>What is in the way, in sentences; empty: ready.</returns>
    public static ImmutableArray<string> Obstacles(StatusReport status)
    {
        ArgumentNullException.ThrowIfNull(status);
        if (status.Membership != Membership.Synced) return [$"{status.Device} takes no part in the group yet"];
        return [.. status.TrafficGroups.Select(Obstacle).OfType<string>()];
    }

    private static string? Obstacle(TrafficGroupReport group) => group switch
    {
        { Role: Role.None } => $"{group.Name}: this device has no role yet",
        { Role: Role.Promoting } => $"{group.Name}: this device is becoming active",
        { Role: Role.Mirror, Mirror: null } => $"{group.Name}: the active has not connected yet",
        { Role: Role.Mirror, Mirror: { Complete: false } mirror } =>
            $"{group.Name}: the copy of {(mirror.Peer.Length == 0 ? "the active" : mirror.Peer)}'s connections is not complete",
        _ => null,
    };
}
