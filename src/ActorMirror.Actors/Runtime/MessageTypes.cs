using System.Collections.Immutable;

namespace ActorMirror.Actors.Runtime;

/// <summary>The messages of one actor by name: every concrete type of the hierarchy, by reflection, so that a new one cannot be forgotten.</summary>
public static class MessageTypes
{
    public static ImmutableSortedDictionary<string, Type> Of(Type hierarchy)
    {
        ArgumentNullException.ThrowIfNull(hierarchy);
        return hierarchy.Assembly.GetTypes().Where(t => !t.IsAbstract && t.IsAssignableTo(hierarchy))
            .ToImmutableSortedDictionary(t => t.Name, t => t, StringComparer.Ordinal);
    }
}
