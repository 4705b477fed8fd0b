using System.Collections.Immutable;
using ActorMirror.Domain.Addresses;

namespace ActorMirror.DataPlane.FastL4;

/// <summary>Which pool members are down, as this device's monitors see them; immutable.</summary>
public sealed record MemberHealth(ImmutableHashSet<(string Pool, Endpoint Member)> Down)
{
    public static readonly MemberHealth AllUp = new(ImmutableHashSet<(string, Endpoint)>.Empty);

    public bool IsUp(string pool, Endpoint member) => !Down.Contains((pool, member));

    public MemberHealth With(string pool, Endpoint member, bool up) =>
        new(up ? Down.Remove((pool, member)) : Down.Add((pool, member)));
}
