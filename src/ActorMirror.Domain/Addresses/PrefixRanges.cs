using System.Collections.Immutable;

namespace ActorMirror.Domain.Addresses;

/// <summary>Addresses from first to last, both included, that are in the same prefixes.</summary>
/// <param name="Covering">All prefixes that contain them, the longest first.</param>
public readonly record struct PrefixRange(Address First, Address Last, ImmutableArray<Prefix> Covering);

/// <summary>Prefixes that may contain each other, cut into ranges that do not: what looks an address up in ranges finds its longest prefix.</summary>
public static class PrefixRanges
{
    /// <param name="prefixes">Of one family; the bits beyond their lengths do not count.</param>
    /// <returns>Disjoint ranges in ascending order; each address of a prefix is in one of them, and no other address is.</returns>
    public static IEnumerable<PrefixRange> Of(IEnumerable<Prefix> prefixes)
    {
        var longestFirst = prefixes.Select(p => new Prefix(p.First, p.Length)).Distinct().OrderByDescending(p => p.Length).ToImmutableArray();
        var firsts = longestFirst.Select(p => p.First.Value)
            .Concat(longestFirst.Where(p => p.Last.Value != UInt128.MaxValue).Select(p => p.Last.Value + 1))
            .Distinct().Order().ToList();
        for (var i = 0; i < firsts.Count; i++)
        {
            var first = new Address(firsts[i]);
            var covering = longestFirst.Where(p => p.First <= first && first <= p.Last).ToImmutableArray();
            if (covering.IsEmpty) continue;
            var last = i + 1 < firsts.Count ? firsts[i + 1] - 1 : covering[0].Last.Value;
            yield return new PrefixRange(first, new Address(last), covering);
        }
    }
}
