using System.Globalization;
using System.Text;

namespace ActorMirror.Import.Hocon;

/// <summary>
/// Names as a configuration has them, 1 to 31 characters a-z, 0-9, '-', '_': the last part of a folder path; with its folder where that is
/// taken, with a number where that is taken too.
/// </summary>
internal sealed class Naming
{
    private const int MaximumLength = 31;

    private readonly HashSet<string> _taken = [];
    private readonly Dictionary<string, int> _numbers = [];

    public string Take(string sourceName)
    {
        var parts = sourceName.Split('/', StringSplitOptions.RemoveEmptyEntries);
        if (parts.Length == 0) parts = [sourceName];
        for (var depth = 1; depth <= Math.Min(parts.Length, 3); depth++)
        {
            var name = Clean(string.Join('-', parts[^depth..]));
            if (_taken.Add(name)) return name;
        }

        return Numbered(Clean(string.Join('-', parts.TakeLast(3))));
    }

    /// <summary>A name of its own shape: small letters, digits, single dashes.</summary>
    public static string Clean(string text, int maximumLength = MaximumLength)
    {
        var clean = new StringBuilder();
        foreach (var c in text.ToLowerInvariant())
        {
            if (char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '_') clean.Append(c);
            else if (clean.Length > 0 && clean[^1] != '-') clean.Append('-');
            if (clean.Length == maximumLength) break;
        }

        var name = clean.ToString().Trim('-');
        return name.Length == 0 ? "unnamed" : name;
    }

    private string Numbered(string name)
    {
        while (true)
        {
            var number = _numbers[name] = _numbers.GetValueOrDefault(name, 1) + 1;
            var suffix = "-" + number.ToString(CultureInfo.InvariantCulture);
            var numbered = name[..Math.Min(name.Length, MaximumLength - suffix.Length)] + suffix;
            if (_taken.Add(numbered)) return numbered;
        }
    }
}
