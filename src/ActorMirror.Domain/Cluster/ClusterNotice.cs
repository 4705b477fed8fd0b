using ActorMirror.Domain.Devices;
using ActorMirror.Domain.TrafficGroups;

namespace ActorMirror.Domain.Cluster;

/// <summary>Something the replicated state has decided, told on every device alike: for the log, the journal and whoever asked.</summary>
public abstract record ClusterNotice
{
    private ClusterNotice()
    {
    }

    /// <summary>A traffic group has a new owner.</summary>
    /// <param name="From">The last owner; null at the first placement.</param>
    public sealed record Moved(string Group, DeviceId? From, DeviceId To, Epoch Epoch, MoveReason Reason) : ClusterNotice;

    /// <summary>A traffic group lost its active, and no device is left for it.</summary>
    public sealed record Unserved(string Group, DeviceId Lost, MoveReason Reason) : ClusterNotice;

    /// <summary>A traffic group has moved so often that failures move it no further; see <see cref="FlapRule"/>.</summary>
    /// <param name="At">Where it stays.</param>
    public sealed record Held(string Group, DeviceId? At, int Moves) : ClusterNotice;

    /// <summary>Failures move the traffic group again.</summary>
    public sealed record HoldOver(string Group) : ClusterNotice;

    /// <summary>The new active is up: how long it took, as it measured it.</summary>
    public sealed record Promoted(DeviceId Device, ClusterCommand.Promoted Report) : ClusterNotice;

    /// <summary>A planned handover ended.</summary>
    /// <param name="Refusal">Null: the group has moved. Otherwise why it has not.</param>
    public sealed record RequestFinished(DeviceId Requester, ulong RequestId, string Group, string? Refusal) : ClusterNotice;

    /// <summary>A handover that nobody asked for by name came to nothing, or not in good order.</summary>
    /// <param name="Why">With <see cref="AutomaticMoves.IsUrgent"/> reasons the group moves all the same when the copy is what lacks.</param>
    public sealed record NotHandedOver(string Group, DeviceId Target, MoveReason Reason, string Why) : ClusterNotice;

    /// <summary>An operator took a device out, or released it; it may have been so before.</summary>
    public sealed record OfflineSet(DeviceId Requester, ulong RequestId, DeviceId Device, bool Offline) : ClusterNotice;

    /// <summary>A certificate is trusted no more, on every device.</summary>
    /// <param name="Refusal">Null: it is so. Otherwise why it is not.</param>
    public sealed record Revoked(DeviceId Requester, ulong RequestId, string Serial, string? Refusal) : ClusterNotice;

    /// <summary>A device is out until its worker says hello with a new incarnation.</summary>
    public sealed record Suspected(DeviceId Device, DeviceId By, string Reason) : ClusterNotice;

    /// <summary>A command that cannot be understood or is not allowed; it changed nothing.</summary>
    public sealed record Refused(DeviceId Sender, string Reason) : ClusterNotice;
}
