namespace ActorMirror.Domain.Pools;

/// <summary>
/// The order in which a weighted round robin visits its members: each member as often as its weight says, spread as evenly as
/// possible (smooth weighted round robin), so that weight 3 : 1 gives A A B A and not A A A B.
/// </summary>
public static class WeightedRoundRobin
{
    /// <param name="weights">Weights, each at least 1.</param>
    /// <returns>One turn: indices into <paramref name="weights"/>; its length is their sum divided by their greatest common divisor.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A weight is below 1.</exception>
    public static int[] Turn(ReadOnlySpan<int> weights)
    {
        if (weights.IsEmpty) return [];
        var divisor = 0;
        var sum = 0;
        foreach (var weight in weights)
        {
            if (weight < 1) throw new ArgumentOutOfRangeException(nameof(weights), weight, "a weight is at least 1");
            divisor = GreatestCommonDivisor(divisor, weight);
            sum += weight;
        }

        var turn = new int[sum / divisor];
        Span<int> credit = stackalloc int[weights.Length];
        for (var slot = 0; slot < turn.Length; slot++)
        {
            var best = 0;
            for (var i = 0; i < weights.Length; i++)
            {
                credit[i] += weights[i];
                if (credit[i] > credit[best]) best = i;
            }

            credit[best] -= sum;
            turn[slot] = best;
        }

        return turn;
    }

    private static int GreatestCommonDivisor(int a, int b) => b == 0 ? a : GreatestCommonDivisor(b, a % b);
}
