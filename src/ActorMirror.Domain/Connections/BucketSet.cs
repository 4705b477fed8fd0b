using System.Numerics;

namespace ActorMirror.Domain.Connections;

/// <summary>Some of the buckets of a <see cref="FlowDigest"/>.</summary>
public sealed class BucketSet
{
    /// <summary>So many words of 64 buckets each.</summary>
    public const int WordCount = FlowDigest.BucketCount / 64;

    private readonly ulong[] words = new ulong[WordCount];

    public BucketSet()
    {
    }

    /// <param name="words">Exactly <see cref="WordCount"/>; the lowest bit of the first is bucket 0.</param>
    public BucketSet(ReadOnlySpan<ulong> words) => words.CopyTo(this.words);

    public ReadOnlySpan<ulong> Words => words;

    public int Count
    {
        get
        {
            var count = 0;
            foreach (var word in words) count += BitOperations.PopCount(word);
            return count;
        }
    }

    public static BucketSet All()
    {
        var all = new BucketSet();
        Array.Fill(all.words, ulong.MaxValue);
        return all;
    }

    public bool Contains(int bucket) => (words[bucket >> 6] & (1UL << (bucket & 63))) != 0;

    public void Add(int bucket) => words[bucket >> 6] |= 1UL << (bucket & 63);

    public void Add(BucketRange range)
    {
        for (var bucket = range.First; bucket < range.End; bucket++) Add(bucket);
    }

    public void Clear() => Array.Clear(words);

    /// <summary>The first run of buckets at or after one. False: there is none.</summary>
    public bool TryNext(int from, out BucketRange range)
    {
        var first = from;
        while (first < FlowDigest.BucketCount && !Contains(first)) first++;
        var end = first;
        while (end < FlowDigest.BucketCount && Contains(end)) end++;
        range = new BucketRange(first, end - first);
        return range.Count > 0;
    }
}

/// <summary>Buckets that follow each other.</summary>
public readonly record struct BucketRange(int First, int Count)
{
    public int End => First + Count;

    public bool IsValid => First >= 0 && Count > 0 && End <= FlowDigest.BucketCount;
}
