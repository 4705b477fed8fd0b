using ActorMirror.Domain.Connections;
using ActorMirror.Domain.Devices;
using ActorMirror.Domain.MirrorProtocol;

namespace ActorMirror.MirrorChannel;

/// <summary>One outgoing channel for its operator; every number is counted where it happens.</summary>
/// <param name="Queued">The last change appended.</param>
/// <param name="Acknowledged">The last change the mirror has in its kernel.</param>
/// <param name="Outstanding">Changes appended and not acknowledged.</param>
/// <param name="OutstandingBytes">What they take on the wire.</param>
/// <param name="OldestAge">How long ago the oldest of them was appended; zero: none.</param>
/// <param name="SnapshotAppended">Elements of the current or last snapshot or repair so far.</param>
/// <param name="SnapshotExpected">About how many elements it has; 0: unknown.</param>
/// <param name="Snapshots">Snapshots begun since the sender started.</param>
/// <param name="RepairCount">Repairs begun since the sender started.</param>
/// <param name="Repairs">What the mirror put right by them.</param>
/// <param name="PeerPlatform">The mirror's own words; empty before its first answer.</param>
/// <param name="PeerRoom">How many connections the mirror can hold.</param>
/// <param name="Path">Of the connection that stands, or stood last; null: none ever did.</param>
/// <param name="IsAuthenticated">Whether that one is by certificates; false: plain text.</param>
public sealed record MirrorSenderStatus(
    ChannelStatus Channel,
    DeviceId Peer,
    string PeerEndpoint,
    StreamId Stream,
    long Queued,
    long Sent,
    long Acknowledged,
    int Outstanding,
    long OutstandingBytes,
    TimeSpan OldestAge,
    int SnapshotAppended,
    int SnapshotExpected,
    long Snapshots,
    long RepairCount,
    Repairs Repairs,
    long Retractions,
    long BytesSent,
    string PeerPlatform,
    int PeerRoom,
    MirrorPath? Path,
    bool IsAuthenticated);
