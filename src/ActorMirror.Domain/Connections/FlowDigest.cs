namespace ActorMirror.Domain.Connections;

/// <summary>
/// What tells two tables apart without sending them: connections are dealt out to buckets by their original flow, and each bucket is the sum of a
/// hash of its connections, kept as they come, change and go, so that nobody walks through a table for it. At the same place of a stream nothing
/// is in motion, so the whole record counts, its state too. The hash has a key that clients do not know: they choose their addresses and ports, and
/// must not be able to choose connections that cancel each other out.
/// </summary>
public sealed class FlowDigest(ulong key = 0)
{
    /// <summary>A million connections are 244 for each bucket: 8 kB to repair one ghost; all sums fit one frame of the mirror channel.</summary>
    public const int BucketCount = 4096;

    private const int BucketShift = 52;

    // Odd numbers without a pattern (fractions of the square roots of 2, 3 and 5): what one factor is when the other is data.
    private const ulong First = 0x6A09_E667_F3BC_C909;
    private const ulong Second = 0xBB67_AE85_84CA_A73B;
    private const ulong Third = 0x3C6E_F372_FE94_F82B;

    private readonly ulong[] sums = new ulong[BucketCount];

    /// <summary>The same on both ends, or their sums have nothing in common.</summary>
    public ulong Key { get; private set; } = key;

    public ReadOnlySpan<ulong> Sums => sums;

    /// <summary>Begins anew with another key: nothing is counted.</summary>
    public void Restart(ulong key)
    {
        Key = key;
        Array.Clear(sums);
    }

    public void Add(in ConnectionRecord record, HelperState? helped = null)
    {
        var (bucket, hash) = Hash(record, helped);
        sums[bucket] += hash;
    }

    /// <summary>What was added with the same value is no longer there.</summary>
    public void Remove(in ConnectionRecord record, HelperState? helped = null)
    {
        var (bucket, hash) = Hash(record, helped);
        sums[bucket] -= hash;
    }

    public int BucketOf(in FlowKey key) => (int)(Hash(Key, key) >> BucketShift);

    /// <summary>The buckets whose sums are others.</summary>
    public BucketSet Differing(ReadOnlySpan<ulong> others)
    {
        var differing = new BucketSet();
        for (var bucket = 0; bucket < BucketCount; bucket++)
        {
            if (sums[bucket] != others[bucket]) differing.Add(bucket);
        }

        return differing;
    }

    private (int Bucket, ulong Hash) Hash(in ConnectionRecord record, HelperState? helped)
    {
        var original = Hash(Key, record.Original);
        var rest = ((ulong)record.Mark.Value << 32) | ((uint)record.State << 24)
            | ((uint)record.WindowScaleOriginal << 16) | ((uint)record.WindowScaleReply << 8) | ((uint)record.FlagsOriginal << 4) | record.FlagsReply;
        var hash = Fold(Hash(original, record.Reply) ^ rest, Third);
        return ((int)(original >> BucketShift), helped is null ? hash : Hash(hash, helped));
    }

    private static ulong Hash(ulong seed, HelperState state)
    {
        var hash = Hash(Hash(Fold(seed ^ (ulong)state.Helper, First), state.Original), state.Reply);
        if (state.Expected is { } expected)
        {
            var saved = expected.Saved.Address.Value;
            hash = Fold(Hash(hash, expected.Flow) ^ (ulong)saved, Second ^ (ulong)(saved >> 64));
            hash = Fold(hash ^ ((ulong)expected.Direction << 16) ^ expected.Saved.Port, Third);
        }

        return state.Master is { } master ? Hash(~hash, master) : hash;
    }

    private static ulong Hash(ulong seed, in SequenceAdjustment adjustment) =>
        Fold(Fold(seed ^ adjustment.Position, First) ^ ((ulong)(uint)adjustment.Before << 32) ^ (uint)adjustment.After, Second);

    internal static ulong Hash(ulong seed, in FlowKey flow)
    {
        var (source, destination) = (flow.Source.Address.Value, flow.Destination.Address.Value);
        var ports = ((ulong)flow.Protocol << 32) | ((uint)flow.Source.Port << 16) | flow.Destination.Port;
        var hash = Fold(seed ^ (ulong)source, First ^ (ulong)(source >> 64));
        hash = Fold(hash ^ (ulong)destination, Second ^ (ulong)(destination >> 64));
        return Fold(hash ^ ports, Third ^ seed);
    }

    /// <summary>A multiplication whose 128 bits are folded to 64: every bit of the result depends on every bit of both.</summary>
    private static ulong Fold(ulong left, ulong right)
    {
        var high = Math.BigMul(left, right, out var low);
        return high ^ low;
    }
}

/// <summary>The sums of a table's buckets at one place of its stream.</summary>
public sealed record TableDigest(long Sequence, ulong[] Sums);
