namespace ActorMirror.Domain.MirrorProtocol;

/// <summary>The state of a channel as an operator sees it, from worst to best: the link's until it stands, then the copy's.</summary>
public enum MirrorChannelState
{
    Disconnected,
    Connecting,
    Greeting,
    Refused,
    Desynced,
    Resyncing,
    InSync,
}

public static class MirrorChannelStates
{
    public static MirrorChannelState Of(LinkState link, CopyState copy) => (link, copy) switch
    {
        (LinkState.Disconnected, _) => MirrorChannelState.Disconnected,
        (LinkState.Connecting, _) => MirrorChannelState.Connecting,
        (LinkState.Greeting, _) => MirrorChannelState.Greeting,
        (LinkState.Refused, _) => MirrorChannelState.Refused,
        (LinkState.Established, CopyState.Desynced) => MirrorChannelState.Desynced,
        (LinkState.Established, CopyState.Resyncing) => MirrorChannelState.Resyncing,
        (LinkState.Established, CopyState.InSync) => MirrorChannelState.InSync,
        _ => throw new ArgumentOutOfRangeException(nameof(link), (link, copy), "no such state"),
    };
}
