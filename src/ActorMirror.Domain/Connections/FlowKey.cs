using ActorMirror.Domain.Addresses;

namespace ActorMirror.Domain.Connections;

/// <summary>The transport protocols that are mirrored, by their IANA numbers.</summary>
public enum TransportProtocol : byte
{
    Tcp = 6,
    Udp = 17,
}

/// <summary>One direction of a connection: who sends to whom.</summary>
public readonly record struct FlowKey(TransportProtocol Protocol, Endpoint Source, Endpoint Destination)
{
    public FlowKey Inverse => new(Protocol, Destination, Source);

    public override string ToString() => $"{(Protocol == TransportProtocol.Tcp ? "tcp" : "udp")} {Source} > {Destination}";
}
