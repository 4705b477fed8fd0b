using ActorMirror.Domain.MirrorProtocol;

namespace ActorMirror.MirrorChannel;

/// <summary>The state of a channel for its operator: since when, how often it changed, and why it is so.</summary>
/// <param name="Reason">Of the last change; empty when there is nothing to say.</param>
public sealed record ChannelStatus(MirrorChannelState State, DateTimeOffset Since, long Transitions, string Reason)
{
    public static ChannelStatus Initial(TimeProvider time) => new(MirrorChannelState.Disconnected, time.GetUtcNow(), 0, "not started");

    public ChannelStatus Enter(MirrorChannelState state, string reason, TimeProvider time) =>
        state == State && reason == Reason ? this
        : state == State ? this with { Reason = reason }
        : new(state, time.GetUtcNow(), Transitions + 1, reason);
}
