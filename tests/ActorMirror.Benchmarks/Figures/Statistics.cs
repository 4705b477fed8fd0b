namespace ActorMirror.Benchmarks.Figures;

/// <summary>What is said of repeated measurements. Nothing is assumed of how they are distributed, and none is left out.</summary>
internal static class Statistics
{
    /// <exception cref="ArgumentException">There are no values.</exception>
    public static double Median(IReadOnlyCollection<double> values)
    {
        var sorted = Sorted(values);
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }

    /// <summary>The smallest value that at least this share of the values does not exceed (nearest rank).</summary>
    /// <param name="share">Above 0 to 1.</param>
    /// <exception cref="ArgumentException">There are no values.</exception>
    public static double Quantile(IReadOnlyCollection<double> values, double share)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(share);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(share, 1);
        var sorted = Sorted(values);
        return sorted[(int)Math.Ceiling(share * sorted.Length) - 1];
    }

    /// <summary>
    /// An interval that contains the true median with at least 95 % confidence, by the sign test: each value is below the median with probability one half,
    /// so how many are is binomial, and two order statistics are the ends. Null: fewer than 6 values have none.
    /// </summary>
    public static (double Low, double High)? MedianInterval(IReadOnlyCollection<double> values)
    {
        const double OneSide = 0.025;
        var rank = 0; // of the lower end, from 1
        var chance = Math.Pow(0.5, values.Count); // of exactly so many values below the median
        for (var (below, tail) = (0, chance); tail <= OneSide; tail += chance)
        {
            rank = below + 1;
            chance = chance * (values.Count - below) / (below + 1);
            below++;
        }

        if (rank == 0) return null;
        var sorted = Sorted(values);
        return (sorted[rank - 1], sorted[^rank]);
    }

    private static double[] Sorted(IReadOnlyCollection<double> values)
    {
        if (values.Count == 0) throw new ArgumentException("There are no values.", nameof(values));
        return [.. values.Order()];
    }
}
