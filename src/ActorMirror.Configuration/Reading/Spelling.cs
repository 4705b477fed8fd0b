namespace ActorMirror.Configuration.Reading;

/// <summary>Finds the name that was probably meant.</summary>
internal static class Spelling
{
    /// <summary>The nearest of the known names, if it is near enough to be meant: at most a third of its letters differ, whatever their case; null otherwise.</summary>
    public static string? Nearest(string name, IEnumerable<string> known)
    {
        if (name.Length > 64) return null;
        return known
            .Select(candidate => (candidate, distance: Distance(name.ToLowerInvariant(), candidate.ToLowerInvariant())))
            .Where(c => c.distance < Math.Max(name.Length, c.candidate.Length))
            .Where(c => c.distance <= Math.Max(1, Math.Max(name.Length, c.candidate.Length) / 3))
            .OrderBy(c => c.distance).ThenBy(c => c.candidate, StringComparer.Ordinal)
            .Select(c => c.candidate)
            .FirstOrDefault();
    }

    /// <summary>"did you mean 'x'?", or a list of what there is.</summary>
    public static string Suggest(string name, IReadOnlyCollection<string> known, string what) =>
        Nearest(name, known) is { } nearest ? $"did you mean '{nearest}'?"
        : known.Count == 0 ? $"define {what} first"
        : $"use one of: {string.Join(", ", known.Order(StringComparer.Ordinal).Take(20))}";

    /// <summary>Insertions, deletions, replacements and swaps of neighbours (optimal string alignment) that make one name the other.</summary>
    public static int Distance(string a, string b)
    {
        var distance = new int[a.Length + 1, b.Length + 1];
        for (var i = 0; i <= a.Length; i++) distance[i, 0] = i;
        for (var j = 0; j <= b.Length; j++) distance[0, j] = j;
        for (var i = 1; i <= a.Length; i++)
        {
            for (var j = 1; j <= b.Length; j++)
            {
                var replaced = distance[i - 1, j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
                var best = Math.Min(replaced, Math.Min(distance[i - 1, j], distance[i, j - 1]) + 1);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) best = Math.Min(best, distance[i - 2, j - 2] + 1);
                distance[i, j] = best;
            }
        }

        return distance[a.Length, b.Length];
    }
}
