namespace ActorMirror.Domain.MirrorProtocol;

/// <summary>Whether the two ends of a mirror channel talk.</summary>
public enum LinkState
{
    Disconnected,
    Connecting,
    Greeting,
    Refused,
    Established,
}

public enum LinkEvent
{
    /// <summary>The active starts to connect.</summary>
    Dialled,

    /// <summary>TCP, and TLS unless it is off, stand; the hello is next.</summary>
    Connected,
    Accepted,

    /// <summary>By either end: by the hello's answer, or before it because a certificate is missing or not believed.</summary>
    Refused,

    /// <summary>Closed, reset, silent for too long, or against the protocol.</summary>
    Lost,
}

/// <summary>
/// The link of both ends; the mirror, which listens, starts at Connected.
/// <code>
///                Dialled            Connected           Accepted
/// Disconnected ----------> Connecting -------> Greeting ---------> Established
///   ^  ^  |  ^              |  |               ^   | |                  |
///   |  |  |  `------ Lost -----'   Connected   |   | | Refused          |
///   |  |  `------------------------------------'   | `------> Refused   |
///   |  |                    `--------- Refused ------------------^      |
///   |  `----------------- Lost --------------------'     (Dialled, Connected: as Disconnected)
///   `------------------------------ Lost -------------------------------'
/// </code>
/// Every other event is a late one of a session that is over and changes nothing.
/// </summary>
public static class LinkMachine
{
    public static LinkState Next(LinkState state, LinkEvent happened) => (state, happened) switch
    {
        (LinkState.Disconnected or LinkState.Refused, LinkEvent.Dialled) => LinkState.Connecting,
        (LinkState.Disconnected or LinkState.Refused or LinkState.Connecting, LinkEvent.Connected) => LinkState.Greeting,
        (LinkState.Greeting, LinkEvent.Accepted) => LinkState.Established,
        (LinkState.Connecting or LinkState.Greeting, LinkEvent.Refused) => LinkState.Refused,
        (LinkState.Connecting or LinkState.Greeting or LinkState.Established, LinkEvent.Lost) => LinkState.Disconnected,
        _ => state,
    };
}
