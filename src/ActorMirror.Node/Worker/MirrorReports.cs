using System.Collections.Immutable;
using ActorMirror.Actors.Tables;
using ActorMirror.Domain.Connections;
using ActorMirror.Domain.Devices;
using ActorMirror.Domain.MirrorProtocol;
using ActorMirror.Management.Contracts;
using ActorMirror.MirrorChannel;
using ChannelState = ActorMirror.Domain.MirrorProtocol.MirrorChannelState;
using MirrorChannelState = ActorMirror.Management.Contracts.MirrorChannelState;
using RetractionReason = ActorMirror.Domain.MirrorProtocol.RetractionReason;

namespace ActorMirror.Node.Worker;

/// <summary>The ends of mirror channels, in the words of the management interface.</summary>
internal static class MirrorReports
{
    public static Moment At(long timestamp, TimeProvider time) => new(timestamp, time.GetUtcNow() - time.GetElapsedTime(timestamp));

    /// <summary><c>DeviceDown</c> becomes <c>device-down</c>.</summary>
    public static string Kebab(string name) =>
        string.Concat(name.Select((c, i) => char.IsUpper(c) ? (i == 0 ? "" : "-") + char.ToLowerInvariant(c) : c.ToString()));

    /// <summary>The channel of a traffic group that is furthest from being in sync; null: this device has no end of it.</summary>
    /// <param name="first">Port of the group's first channel.</param>
    public static MirrorReport? Of(string group, int first, GroupConnections connections, Func<DeviceId, string> name, TimeProvider time)
    {
        var worst = connections.Worst;
        return Of(group, connections.Channels.IndexOf(worst), first, worst, name, time);
    }

    /// <summary>Every channel of a traffic group that this device has an end of.</summary>
    public static IEnumerable<MirrorReport> AllOf(string group, int first, GroupConnections connections, Func<DeviceId, string> name, TimeProvider time) =>
        connections.Channels.Select((view, index) => Of(group, index, first, view, name, time)).OfType<MirrorReport>();

    private static MirrorReport? Of(string group, int index, int first, TableView view, Func<DeviceId, string> name, TimeProvider time) =>
        view.Outgoing is { } outgoing ? Outgoing(group, index + 1, first + index, outgoing, view.Retracted, name, time)
        : view.Incoming is { } incoming ? Incoming(group, index + 1, first + index, incoming, name, time)
        : null;

    private static MirrorReport Outgoing(
        string group, int channel, int port, MirrorSenderStatus status, RetractionTally? retracted, Func<DeviceId, string> name, TimeProvider time) => new()
        {
            TrafficGroup = group,
            Direction = MirrorDirection.Outgoing,
            Peer = name(status.Peer),
            Channel = channel,
            Port = port,
            Path = PathOf(status.Path),
            Security = status.Path is null ? null : status.IsAuthenticated ? "tls" : "plain-text",
            State = State(status.Channel.State),
            Since = Since(status.Channel, time),
            Transitions = (int)status.Channel.Transitions,
            Reason = Reason(status.Channel),
            LastReason = LastReason(status.Channel),
            LagChanges = status.Outstanding,
            LagBytes = status.OutstandingBytes,
            SequenceAppended = (ulong)status.Queued,
            SequenceSent = (ulong)status.Sent,
            SequenceAcked = (ulong)status.Acknowledged,
            OldestUnackedMs = status.OldestAge.TotalMilliseconds,
            Complete = status.Channel.State == ChannelState.InSync,
            Resyncs = (int)status.Snapshots,
            Desyncs = (int)status.Channel.Desyncs,
            Bytes = status.BytesSent,
            NotHeld = Enum.GetValues<RetractionReason>().Where(r => retracted?.Of(r) > 0).ToImmutableSortedDictionary(r => Kebab(r.ToString()), r => retracted!.Of(r)),
            Repaired = Repaired(status.Repairs),
        };

    private static MirrorReport Incoming(string group, int channel, int port, MirrorReceiverStatus status, Func<DeviceId, string> name, TimeProvider time) => new()
    {
        TrafficGroup = group,
        Direction = MirrorDirection.Incoming,
        Peer = status.Peer is { } peer ? name(peer) : "",
        Channel = channel,
        Port = port,
        Path = PathOf(status.Path),
        Security = status.Path is null ? null : status.IsAuthenticated ? "tls" : "plain-text",
        State = State(status.Channel.State),
        Since = Since(status.Channel, time),
        Transitions = (int)status.Channel.Transitions,
        Reason = Reason(status.Channel),
        LastReason = LastReason(status.Channel),
        LagChanges = (int)(status.Received - status.Applied),
        LagBytes = null,
        SequenceAppended = (ulong)status.Received,
        SequenceSent = (ulong)status.Applied,
        SequenceAcked = (ulong)status.Applied,
        OldestUnackedMs = 0,
        Complete = status.Channel.State == ChannelState.InSync,
        Owned = status.LastWord?.Account.Open,
        Resyncs = 0,
        Desyncs = (int)status.Channel.Desyncs,
        Bytes = status.BytesReceived,
        NotHeld = ImmutableSortedDictionary<string, int>.Empty,
        Repaired = Repaired(status.Repairs),
    };

    private static Moment Since(ChannelStatus channel, TimeProvider time) =>
        new(time.GetTimestamp() - (time.GetUtcNow() - channel.Since).Ticks * (time.TimestampFrequency / TimeSpan.TicksPerSecond), channel.Since);

    private static RepairReport Repaired(Repairs total) => new(total.Ghosts, total.Missing, total.Wrong);

    private static string? Reason(ChannelStatus channel) => channel.Reason.Length == 0 ? null : channel.Reason;

    private static MirrorReason? LastReason(ChannelStatus channel) => channel.LastReason is { } last ? new MirrorReason(last.Text, last.At) : null;

    private static string? PathOf(MirrorPath? path) => path is { } known ? Kebab(known.ToString()) : null;

    private static MirrorChannelState State(ChannelState state) => state switch
    {
        ChannelState.Disconnected => MirrorChannelState.Disconnected,
        ChannelState.Refused => MirrorChannelState.Refused,
        ChannelState.Connecting or ChannelState.Greeting => MirrorChannelState.Connecting,
        ChannelState.Desynced => MirrorChannelState.Desync,
        ChannelState.Resyncing => MirrorChannelState.Resync,
        _ => MirrorChannelState.InSync,
    };
}
