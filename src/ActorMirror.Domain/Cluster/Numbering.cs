using System.Collections.Immutable;

namespace ActorMirror.Domain.Cluster;

/// <summary>
/// Names and their numbers, the same on every device because names are added in total order. A name keeps its number while the state
/// lives: a kernel entry may carry it.
/// </summary>
public sealed record Numbering(ImmutableSortedDictionary<string, int> Numbers)
{
    public static readonly Numbering Empty = new(ImmutableSortedDictionary.Create<string, int>(StringComparer.Ordinal));

    public int? this[string name] => Numbers.TryGetValue(name, out var number) ? number : null;

    /// <summary>Gives each new name the smallest free number from 1 to <paramref name="maximum"/>; names beyond it get none.</summary>
    internal Numbering Add(IEnumerable<string> names, int maximum)
    {
        var added = Numbers.ToBuilder();
        var used = Numbers.Values.ToHashSet();
        var next = 1;
        foreach (var name in names)
        {
            if (added.ContainsKey(name)) continue;
            while (used.Contains(next)) next++;
            if (next > maximum) break;
            added.Add(name, next);
            used.Add(next);
        }

        return new Numbering(added.ToImmutable());
    }
}
