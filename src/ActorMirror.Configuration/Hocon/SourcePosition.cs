namespace ActorMirror.Configuration.Hocon;

/// <summary>Where a piece of text stands. Lines and columns count from 1; line 0 is a value that no file gave.</summary>
public readonly record struct SourcePosition(string File, int Line, int Column)
{
    public override string ToString() => $"{File}:{Line}:{Column}";
}

/// <summary>What is wrong with the text itself: syntax, includes, substitutions.</summary>
/// <param name="Value">The offending text.</param>
/// <param name="Path">The path of the field it belongs to; empty where none is known yet.</param>
public sealed record HoconProblem(SourcePosition Position, string Path, string Value, string Message, string Remedy);

/// <summary>
/// Collects problems of one document. Bounded: text that is no HOCON at all would give one problem per character; what comes
/// after <see cref="Limit"/> is counted in one closing sentence.
/// </summary>
internal sealed class ProblemList
{
    public const int Limit = 1000;

    private readonly List<HoconProblem> _problems = [];
    private readonly HashSet<(SourcePosition, string)> _seen = [];
    private int _dropped;

    public IReadOnlyList<HoconProblem> Items => _dropped == 0
        ? _problems
        : [.. _problems, new HoconProblem(_problems[^1].Position, "", "", $"{_dropped} more problems are not listed", "repair those above first")];

    public void Add(SourcePosition position, string path, string value, string message, string remedy)
    {
        if (_problems.Count == Limit) _dropped++;
        else if (_seen.Add((position, message))) _problems.Add(new HoconProblem(position, path, Shorten(value), message, remedy));
    }

    private static string Shorten(string value) => value.Length <= 80 ? value : string.Concat(value.AsSpan(0, 77), "...");
}

/// <summary>
/// What a document may cost, so that no text overflows the stack or eats the memory. Far above any real configuration.
/// </summary>
internal static class HoconLimits
{
    /// <summary>Objects, arrays and path elements within each other.</summary>
    public const int Depth = 100;

    /// <summary>Substitutions that refer to substitutions.</summary>
    public const int Chain = 200;

    public const int Includes = 16;
    public const int FileBytes = 4 << 20;
    public const int StringLength = 1 << 20;
    public const int ArrayLength = 1 << 16;

    /// <summary>Values looked at while substitutions are resolved: doubling texts double this too.</summary>
    public const int Steps = 500_000;
}
