using ActorMirror.Domain.Connections;
using ActorMirror.Domain.Devices;
using ActorMirror.Domain.MirrorProtocol;

namespace ActorMirror.MirrorChannel;

/// <summary>What a receiver says of itself.</summary>
public sealed record MirrorReceiverOptions
{
    public required DeviceId Self { get; init; }

    /// <summary>How many connections the mirror can hold at first; see <see cref="MirrorReceiver.RoomChanged"/>.</summary>
    public required int Room { get; init; }

    public MirrorLimits Limits { get; init; } = MirrorLimits.Default;
}

/// <summary>One incoming channel for its operator.</summary>
/// <param name="Peer">The active, once one was accepted.</param>
/// <param name="Received">The last change that arrived.</param>
/// <param name="Applied">The last change that is in this device's kernel.</param>
/// <param name="Repairs">What reconciliation put right since the table was made.</param>
/// <param name="Retracted">Connections that were reported as not being here, since the receiver was made.</param>
/// <param name="Path">Of the connection that stands, or stood last; null: none ever did.</param>
/// <param name="IsAuthenticated">Whether that one is by certificates; false: plain text.</param>
/// <param name="LastWord">What the active said last of its connections; null: nothing (yet).</param>
public sealed record MirrorReceiverStatus(
    ChannelStatus Channel,
    DeviceId? Peer,
    string PeerPlatform,
    StreamId Stream,
    long Received,
    long Applied,
    long Retracted,
    long BytesReceived,
    Repairs Repairs,
    MirrorPath? Path,
    bool IsAuthenticated,
    LastWord? LastWord);
