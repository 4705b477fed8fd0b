using System.Diagnostics;
using ActorMirror.Domain.Cluster;

namespace ActorMirror.Domain.TrafficGroups;

/// <summary>
/// An input that fells whoever is active must not walk through all devices. Moves that a failure made are counted; while there are
/// <see cref="GroupState.FlapLimit"/> of them a failure moves the group to no further device:
/// <code>
///                      counted, below the limit: to the next device
///   active there ---- a failure ---&lt;
///                      held: the active is there    -> it stays, also with a lost VLAN
///                            the active is gone     -> unserved, the copy is kept, until it is back or a move no longer counts
/// </code>
/// What does not count is not held back either. The state has no clock: a device that saw a move so long ago says so, in total order
/// (<see cref="ClusterCommand.FlapsOver"/>).
/// </summary>
public static class FlapRule
{
    /// <summary>Whether a move for this reason may be the work of an input that goes with the group.</summary>
    public static bool IsFailure(this MoveReason reason) => reason switch
    {
        MoveReason.DeviceDown or MoveReason.ProcessDown or MoveReason.Silent or MoveReason.Reentered or MoveReason.LinkDown => true,
        MoveReason.HaGroup => true, // what fells servers, or the way to them
        MoveReason.Initial => false, // it was nowhere before
        MoveReason.Left or MoveReason.Forced or MoveReason.Reconfigured or MoveReason.Failback or MoveReason.Offline => false, // an operator wants it
        MoveReason.QuorumRegained => false, // the network failed under all groups alike
        _ => throw new UnreachableException(),
    };

    /// <summary>No further device may take the group for the reason it is lost for.</summary>
    internal static bool HoldsBack(GroupState group) => group.IsHeld && group.Reason.IsFailure();

    /// <summary>A device has seen these moves long enough ago. All devices may say it; the first one changes something.</summary>
    internal static ClusterState Over(ClusterState state, DeviceState sender, ClusterCommand.FlapsOver command) =>
        sender.Synced && state.Groups.TryGetValue(command.Group, out var group) && group.Flaps.Any(f => f <= command.Last)
            ? state.With(group with { Flaps = [.. group.Flaps.Where(f => f > command.Last)] })
            : state;
}
