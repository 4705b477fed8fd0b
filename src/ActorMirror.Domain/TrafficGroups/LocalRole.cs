using ActorMirror.Domain.Devices;

namespace ActorMirror.Domain.TrafficGroups;

/// <summary>A mirror channel's other end and the TCP port on which the next-active listens; of several channels, that of the first.</summary>
public readonly record struct MirrorPeer(DeviceId Device, int Port);

/// <summary>
/// The part this device has to play for a traffic group: a desired state, told whole at every change. The same role with the same
/// epoch told again is an update (a new mirror, a shorter wait), not a new promotion.
/// </summary>
public abstract record LocalRole(Epoch Epoch)
{
    /// <summary>Forward, once the wait is over.</summary>
    /// <param name="Peer">Where to mirror to; null when no other device is fit.</param>
    public sealed record Active(Epoch Epoch, MirrorPeer? Peer, PromotionWait Wait, MoveReason Reason) : LocalRole(Epoch);

    /// <summary>
    /// Active, but to hand over to the mirror: wait for its complete copy, gate new connections, flush, say <c>Release</c> — or
    /// <c>HandoverAborted</c>.
    /// </summary>
    public sealed record HandingOver(Epoch Epoch, MirrorPeer Peer, ulong RequestId) : LocalRole(Epoch);

    /// <summary>Released: forward what is established until the new active is up (the role changes again) or 250 ms have passed.</summary>
    /// <param name="Epoch">The own, old one.</param>
    public sealed record Relinquished(Epoch Epoch, DeviceId To, Epoch NewEpoch, int Port) : LocalRole(Epoch);

    /// <summary>Next-active: listen on the port (and those of the further channels behind it) and hold the copy of the active's table.</summary>
    public sealed record Mirror(Epoch Epoch, DeviceId Of, int Port) : LocalRole(Epoch);

    /// <summary>No part in it now.</summary>
    public sealed record Cold(Epoch Epoch) : LocalRole(Epoch);
}
