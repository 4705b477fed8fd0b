using System.Collections.Immutable;
using ActorMirror.Domain.Devices;
using ActorMirror.Domain.TrafficGroups;

namespace ActorMirror.Domain.Cluster;

/// <summary>What devices say to each other in total order. Who said it is known from the engine, not from the command.</summary>
public abstract record ClusterCommand
{
    private ClusterCommand()
    {
    }

    /// <summary>Said at every quorate view, and again whenever the state is needed.</summary>
    /// <param name="Incarnation">Of the worker; a new one says: I hold no roles.</param>
    /// <param name="Nonce">Names this hello; the state transfer that answers it carries it back.</param>
    /// <param name="NeedsState">False: the sender holds the state that was live in the view before.</param>
    /// <param name="Version">Of the state the sender holds; <see cref="Epoch.None"/> when it holds none.</param>
    /// <param name="Declaration">Null when the sender does not need the state: then the group knows it already.</param>
    public sealed record Hello(ulong Incarnation, ulong Nonce, bool NeedsState, Epoch Version, Declaration? Declaration) : ClusterCommand;

    /// <summary>One piece of the replicated state, in answer to the hello with this nonce.</summary>
    /// <param name="Offset">How many commands of the current view the state contains: the receiver applies those behind it.</param>
    public sealed record StateTransfer(DeviceId For, ulong Nonce, ulong Offset, int Piece, int Pieces, ReadOnlyMemory<byte> Bytes) : ClusterCommand;

    /// <summary>The sender has loaded the state that answered its hello and takes part from here on.</summary>
    public sealed record Synced(ulong Nonce) : ClusterCommand;

    /// <summary>An operator moves a traffic group.</summary>
    /// <param name="Target">Null: to the next-active.</param>
    public sealed record ForceStandby(string Group, DeviceId? Target, ulong RequestId) : ClusterCommand;

    /// <summary>The active of a planned handover has flushed: everything up to the sequence is acknowledged as applied.</summary>
    public sealed record Release(string Group, Epoch Epoch, ulong Sequence) : ClusterCommand;

    /// <summary>The active cannot hand over and stays.</summary>
    public sealed record HandoverAborted(string Group, Epoch Epoch, string Reason) : ClusterCommand;

    /// <summary>The new active is up and announced. Times in milliseconds; detection is NaN when nothing failed.</summary>
    /// <param name="Owned">Open connections the new active knew of.</param>
    /// <param name="Protected">Of those, the ones that were in its kernel: they went on.</param>
    /// <param name="Loss">What became of the old active's; null: it is the first active.</param>
    public sealed record Promoted(
        string Group, Epoch Epoch, double DetectionMs, double WaitMs, double PromotionMs, int Owned, int Protected, LossReport? Loss) : ClusterCommand;

    /// <summary>The active tells whether its next-active's copy is complete.</summary>
    /// <param name="Incarnation">Of the table the copy is of.</param>
    public sealed record MirrorStatus(string Group, Epoch Epoch, DeviceId Peer, bool Complete, ulong Incarnation) : ClusterCommand;

    /// <summary>An operator takes the trust from a certificate, for good.</summary>
    /// <param name="Serial">See <see cref="Trust.Revocation.Normalize"/>.</param>
    public sealed record Revoke(string Serial, ulong RequestId) : ClusterCommand;

    /// <summary>Which VLANs the sender cannot use now; replaces what it said before.</summary>
    public sealed record Health(ImmutableArray<string> FailedVlans) : ClusterCommand;

    /// <summary>The traffic group's moves up to this epoch were so long ago that they no longer count as flapping.</summary>
    public sealed record FlapsOver(string Group, Epoch Last) : ClusterCommand;

    /// <summary>The traffic group's active, since this epoch, is not the one its HA order prefers, and the delay of its failback is over.</summary>
    public sealed record FailbackDue(string Group, Epoch Epoch, DeviceId Target) : ClusterCommand;

    /// <summary>The sender's scores of its HA groups; replaces what it said before.</summary>
    public sealed record Scores(ImmutableArray<HaScore> Of) : ClusterCommand;

    /// <summary>Nobody's scores have changed for long since this epoch, the last time they did: they count.</summary>
    public sealed record ScoresSettled(Epoch Changed) : ClusterCommand;

    /// <summary>An operator takes a device out of service, or releases it.</summary>
    public sealed record SetOffline(DeviceId Device, bool Offline, ulong RequestId) : ClusterCommand;

    /// <summary>A device's heartbeats are silent beyond its lease: it is out until it says hello with a new incarnation.</summary>
    public sealed record Suspect(DeviceId Device, ulong Incarnation, string Reason) : ClusterCommand;
}
