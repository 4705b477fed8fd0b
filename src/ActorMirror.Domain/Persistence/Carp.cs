using System.Numerics;
using System.Text;

namespace ActorMirror.Domain.Persistence;

/// <summary>
/// The Cache Array Routing Protocol (draft-vinod-carp-v1-03 §3.1 to §3.4): the member with the highest score for a key has it. When a member goes, only its own keys
/// move, and they spread over the others by their weights. All arithmetic is of 32 bits.
/// </summary>
public static class Carp
{
    private const uint Factor = 0x6253_1965;

    public static uint HashOfKey(string key)
    {
        ArgumentNullException.ThrowIfNull(key);
        var hash = 0u;
        foreach (var c in Encoding.UTF8.GetBytes(key)) hash += BitOperations.RotateLeft(hash, 19) + c;
        return hash;
    }

    public static uint HashOfMember(string name) => Stir(HashOfKey(name));

    /// <summary>What a member scores for a key, before its weight.</summary>
    public static uint Combine(uint member, uint key) => Stir(member ^ key);

    /// <summary>By which the scores are multiplied, so that each member has the share of keys that its weight says.</summary>
    /// <param name="weights">Each above 0.</param>
    public static double[] Multipliers(ReadOnlySpan<int> weights)
    {
        var sum = 0.0;
        var order = new int[weights.Length];
        for (var i = 0; i < weights.Length; i++)
        {
            sum += weights[i];
            order[i] = i;
        }

        var shares = new double[weights.Length];
        for (var i = 0; i < weights.Length; i++) shares[i] = weights[i] / sum;
        Array.Sort((double[])shares.Clone(), order);
        var multipliers = new double[weights.Length];
        var (product, former, formerShare) = (1.0, 0.0, 0.0);
        for (var k = 1; k <= weights.Length; k++)
        {
            var (share, left) = (shares[order[k - 1]], weights.Length - k + 1);
            var multiplier = k == 1
                ? Math.Pow(weights.Length * share, 1.0 / weights.Length)
                : Math.Pow((left * (share - formerShare) / product) + Math.Pow(former, left), 1.0 / left);
            multipliers[order[k - 1]] = multiplier;
            product *= multiplier;
            (former, formerShare) = (multiplier, share);
        }

        return multipliers;
    }

    /// <summary>Index of the member that has a key.</summary>
    /// <param name="members">Their hashes; at least one.</param>
    /// <param name="multipliers">In the same order.</param>
    public static int Choose(ReadOnlySpan<uint> members, ReadOnlySpan<double> multipliers, uint key)
    {
        var (best, highest) = (0, -1.0);
        for (var i = 0; i < members.Length; i++)
        {
            var score = Combine(members[i], key) * multipliers[i];
            if (score > highest) (best, highest) = (i, score);
        }

        return best;
    }

    private static uint Stir(uint hash)
    {
        hash += hash * Factor;
        return BitOperations.RotateLeft(hash, 21);
    }
}
