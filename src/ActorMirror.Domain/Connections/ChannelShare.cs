using System.Collections.Immutable;

namespace ActorMirror.Domain.Connections;

/// <summary>
/// Which connections of a traffic group are mirrored over one of its channels. A connection is dealt out by its original tuple, which never changes, so its
/// changes keep their order; both ends, and every device that takes over, deal alike. Several channels spread the load: each has a table, a copy and a stream
/// of its own.
/// </summary>
/// <param name="Number">From 1 to <paramref name="Channels"/>.</param>
/// <param name="Channels">How many channels the traffic group has.</param>
public readonly record struct ChannelShare(int Number, int Channels)
{
    // Any number; the same on every device of every release that is to mirror another. Clients may find tuples of one channel: they gain nothing by it.
    private const ulong Seed = 0xA54F_F53A_5F1D_36F1;

    /// <summary>The only channel has every connection.</summary>
    public static readonly ChannelShare Whole = new(1, 1);

    /// <summary>Number of the channel of a connection.</summary>
    public static int NumberOf(in FlowKey original, int channels) =>
        channels == 1 ? 1 : 1 + (int)Math.BigMul(FlowDigest.Hash(Seed, original), (ulong)channels, out _);

    public static ImmutableArray<ChannelShare> All(int channels) => [.. Enumerable.Range(1, channels).Select(number => new ChannelShare(number, channels))];

    public bool Has(in FlowKey original) => Channels == 1 || NumberOf(original, Channels) == Number;

    /// <summary>An equal part of what there is for the traffic group, rounded up.</summary>
    public int Of(int total) => (int)(((long)total + Channels - 1) / Channels);

    public override string ToString() => $"{Number} of {Channels}";
}
