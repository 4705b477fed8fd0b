using ActorMirror.Domain.MirrorProtocol;

namespace ActorMirror.MirrorChannel;

/// <summary>The state of a channel for its operator: since when, how often it changed, and why it is so.</summary>
/// <param name="Reason">Of the last change; empty when there is nothing to say.</param>
public sealed record ChannelStatus(MirrorChannelState State, DateTimeOffset Since, long Transitions, string Reason)
{
    /// <summary>The last reason there was, for whichever state; null: none yet.</summary>
    public ChannelReason? LastReason { get; private init; }

    /// <summary>How often it became desynced.</summary>
    public long Desyncs { get; private init; }

    public static ChannelStatus Initial(TimeProvider time) => new(MirrorChannelState.Disconnected, time.GetUtcNow(), 0, "not started");

    public ChannelStatus Enter(MirrorChannelState state, string reason, TimeProvider time) =>
        state == State && reason == Reason ? this
        : state == State ? this with { Reason = reason, LastReason = Last(reason, time) }
        : new(state, time.GetUtcNow(), Transitions + 1, reason)
        {
            LastReason = Last(reason, time),
            Desyncs = Desyncs + (state == MirrorChannelState.Desynced ? 1 : 0),
        };

    private ChannelReason? Last(string reason, TimeProvider time) =>
        reason.Length == 0 || reason == LastReason?.Text ? LastReason : new ChannelReason(reason, time.GetUtcNow());
}

/// <param name="At">When it was given first.</param>
public sealed record ChannelReason(string Text, DateTimeOffset At);
