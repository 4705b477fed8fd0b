using System.Collections.Immutable;
using System.Globalization;

namespace ActorMirror.Import;

/// <summary>Ratios as a configuration has them: 1 to 100, in the same proportion.</summary>
internal static class Ratios
{
    public const int Maximum = 100;

    public static ImmutableArray<int> Equal(int count, out bool isExact)
    {
        isExact = true;
        return [.. Enumerable.Repeat(1, count)];
    }

    /// <param name="isExact">Whether the proportion is the same.</param>
    public static ImmutableArray<int> Fit(ImmutableArray<int> ratios, out bool isExact)
    {
        var positive = ratios.Select(r => Math.Max(r, 1)).ToList();
        var divisor = positive.Aggregate(0, GreatestCommonDivisor);
        var most = positive.DefaultIfEmpty(1).Max() / Math.Max(divisor, 1);
        isExact = most <= Maximum;
        return isExact
            ? [.. positive.Select(r => r / divisor)]
            : [.. positive.Select(r => Math.Clamp((int)Math.Round((double)r / divisor * Maximum / most), 1, Maximum))];
    }

    public static int Parse(string? text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var ratio) ? ratio : 1;

    private static int GreatestCommonDivisor(int a, int b) => b == 0 ? a : GreatestCommonDivisor(b, a % b);
}
