using System.Net.Sockets;

namespace ActorMirror.Lab.Traffic;

/// <summary>Why a flow is over.</summary>
internal enum FlowEnd
{
    None,

    /// <summary>Closed by its own client, as planned.</summary>
    Closed,
    EndOfStream,
    Reset,
    Refused,
    TimedOut,
    Unreachable,

    /// <summary>A byte differs from what was sent, or a number was left out.</summary>
    Corrupt,

    /// <summary>Its messages suddenly come from another server.</summary>
    OtherServer,
    Failed,
}

internal static class FlowEnds
{
    public static FlowEnd Of(SocketError error) => error switch
    {
        SocketError.ConnectionReset or SocketError.ConnectionAborted or SocketError.Shutdown => FlowEnd.Reset,
        SocketError.ConnectionRefused => FlowEnd.Refused,
        SocketError.TimedOut => FlowEnd.TimedOut,
        SocketError.HostUnreachable or SocketError.NetworkUnreachable or SocketError.HostDown => FlowEnd.Unreachable,
        _ => FlowEnd.Failed,
    };
}
