using System.Text.Json.Serialization;

namespace ActorMirror.Benchmarks.Figures;

/// <summary>One figure, beside that of a peer where there is one. Of several rounds each is the median.</summary>
internal sealed record Row
{
    public required string What { get; init; }

    public required string Unit { get; init; }

    public required double Ours { get; init; }

    public double? Peer { get; init; }

    /// <summary>What <see cref="Peer"/> was measured with.</summary>
    public string? PeerName { get; init; }

    /// <summary>Ours divided by the peer's; of paired rounds the median of their ratios.</summary>
    public double? Ratio { get; init; }

    public required int Rounds { get; init; }

    /// <summary>Of the ratio, or of our figure where there is no peer: lower and upper end of the 95 % interval of the median; null: too few rounds.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<double>? Interval { get; init; }

    /// <summary>What is asked of the figure, in words.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Bar { get; init; }

    /// <summary>What a reader must know to take the figure for what it is.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Note { get; init; }

    /// <summary>A figure of its own.</summary>
    public static Row Of(string what, string unit, IReadOnlyCollection<double> ours) => new()
    {
        What = what,
        Unit = unit,
        Ours = Statistics.Median(ours),
        Rounds = ours.Count,
        Interval = Ends(ours),
    };

    public static Row Of(string what, string unit, double ours) => Of(what, unit, [ours]);

    /// <summary>Rounds in pairs, ours and the peer's under the same conditions: their ratios are what is told.</summary>
    /// <exception cref="ArgumentException">Not the same number of both.</exception>
    public static Row Paired(string what, string unit, IReadOnlyList<double> ours, IReadOnlyList<double> peer, string peerName)
    {
        if (ours.Count != peer.Count) throw new ArgumentException("Rounds come in pairs.", nameof(peer));
        double[] ratios = [.. ours.Zip(peer, (o, p) => o / p)];
        return new Row
        {
            What = what,
            Unit = unit,
            Ours = Statistics.Median(ours),
            Peer = Statistics.Median(peer),
            PeerName = peerName,
            Ratio = Statistics.Median(ratios),
            Rounds = ours.Count,
            Interval = Ends(ratios),
        };
    }

    private static double[]? Ends(IReadOnlyCollection<double> values) => Statistics.MedianInterval(values) is var (low, high) ? [low, high] : null;
}
