namespace ActorMirror.Lab.Networks;

/// <param name="Address">Address with prefix length; null: the link comes up without one (a device's daemon sets its own).</param>
/// <param name="Address6">The same of IPv6.</param>
internal sealed record LinkPlan(string Interface, string Segment, string? Address = null, string? Address6 = null);

/// <summary>A host of the lab: a network namespace with links to segments.</summary>
/// <param name="DataPlane">Whether it gets a second namespace for a device's data plane.</param>
internal sealed record HostPlan(string Name, IReadOnlyList<LinkPlan> Links, string? Gateway = null, string? Gateway6 = null, bool DataPlane = false)
{
    public bool HasIpv6 => Links.Any(l => l.Address6 is not null);
}

/// <summary>Segments are bridges in a namespace of their own, the switch; a host's link is a veth pair whose other end is a port of a bridge.</summary>
internal sealed record NetworkPlan(IReadOnlyList<HostPlan> Hosts)
{
    public IEnumerable<string> Segments => Hosts.SelectMany(h => h.Links).Select(l => l.Segment).Distinct();
}
