using ActorMirror.Domain.Connections;

namespace ActorMirror.Domain.VirtualServers;

/// <summary>What connections belong to, a virtual server or a SNAT: each has a number of its own in the connection mark.</summary>
/// <param name="Mirror">Which of its connections are mirrored to the next-active device.</param>
public abstract record Listener(string Name, MirrorChoice Mirror, string TrafficGroup)
{
    /// <summary>Under which it is numbered and shown: virtual servers and SNATs may have the same name.</summary>
    public abstract string Key { get; }

    /// <summary>After this long without a packet the kernel forgets a connection; null: it has none of this protocol.</summary>
    public abstract TimeSpan? IdleTimeoutOf(TransportProtocol protocol);
}
