using ActorMirror.Kernel.Addresses;

namespace ActorMirror.Kernel.Links;

/// <summary>A change of an interface or of its addresses.</summary>
public abstract record LinkEvent
{
    private LinkEvent()
    {
    }

    /// <summary>The interface is new, or its name, state, carrier or MAC address is.</summary>
    public sealed record LinkChanged(NetworkLink Link) : LinkEvent;

    /// <summary>The interface is gone, or moved to another namespace.</summary>
    public sealed record LinkRemoved(NetworkLink Link) : LinkEvent;

    public sealed record AddressAdded(InterfaceAddress Address) : LinkEvent;

    /// <summary>Removed by someone, or its lifetime ran out.</summary>
    public sealed record AddressRemoved(InterfaceAddress Address) : LinkEvent;
}
