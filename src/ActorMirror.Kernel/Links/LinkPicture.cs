using ActorMirror.Kernel.Addresses;

namespace ActorMirror.Kernel.Links;

/// <summary>
/// What is known of a namespace's interfaces and addresses. Turns the kernel's notifications, which repeat themselves, and whole lists, which
/// are taken at the start and after a loss, into events that each are a difference.
/// </summary>
internal sealed class LinkPicture
{
    private readonly Dictionary<int, NetworkLink> _links = [];
    private readonly HashSet<InterfaceAddress> _addresses = [];

    public LinkEvent? Put(NetworkLink link)
    {
        if (_links.TryGetValue(link.Index, out var known) && known == link) return null;
        _links[link.Index] = link;
        return new LinkEvent.LinkChanged(link);
    }

    public LinkEvent? Remove(NetworkLink link) => _links.Remove(link.Index) ? new LinkEvent.LinkRemoved(link) : null;

    public LinkEvent? Put(InterfaceAddress address) => _addresses.Add(address) ? new LinkEvent.AddressAdded(address) : null;

    public LinkEvent? Remove(InterfaceAddress address) => _addresses.Remove(address) ? new LinkEvent.AddressRemoved(address) : null;

    /// <summary>Makes the picture equal to complete lists; removals come first.</summary>
    public IReadOnlyList<LinkEvent> Replace(IReadOnlyCollection<NetworkLink> links, IReadOnlyCollection<InterfaceAddress> addresses)
    {
        var present = links.Select(link => link.Index).ToHashSet();
        return
        [
            .. _addresses.Except(addresses).ToArray().Select(Remove).OfType<LinkEvent>(),
            .. _links.Values.Where(link => !present.Contains(link.Index)).ToArray().Select(Remove).OfType<LinkEvent>(),
            .. links.Select(Put).OfType<LinkEvent>(),
            .. addresses.Select(Put).OfType<LinkEvent>(),
        ];
    }
}
