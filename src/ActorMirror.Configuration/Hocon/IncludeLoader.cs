using System.Collections.Immutable;
using System.Text;

namespace ActorMirror.Configuration.Hocon;

/// <summary>
/// Reads and parses files. A file that several others include is read once.
/// </summary>
/// <param name="read">Content of a file, or null when it does not exist; may throw <see cref="IOException"/> or <see cref="UnauthorizedAccessException"/>.</param>
internal sealed class IncludeLoader(Func<string, byte[]?> read, ProblemList problems)
{
    private readonly Dictionary<string, Node?> _parsed = [];

    /// <summary>Two spellings of one file have one identity.</summary>
    public static string Identity(string file) => Path.GetFullPath(file);

    /// <summary>
    /// The files an include names: the file itself or, when there is none and the name has no extension, those with <c>.json</c>
    /// and <c>.conf</c>, in this order. Empty when none exists.
    /// </summary>
    public ImmutableArray<(string File, Node Root)> Load(IncludeNode include)
    {
        if (include.Name.Length == 0 || include.Name.Contains('\0', StringComparison.Ordinal)) return [];
        var directory = Path.GetDirectoryName(include.Position.File);
        var file = include.Relative && directory is not null ? Path.Combine(directory, include.Name) : include.Name;
        if (Parse(file, include.Position) is { } root) return [(file, root)];
        if (Path.HasExtension(file)) return [];
        return [.. new[] { file + ".json", file + ".conf" }.Select(f => (f, Parse(f, include.Position)!)).Where(f => f.Item2 is not null)];
    }

    private Node? Parse(string file, SourcePosition includedAt)
    {
        var identity = Identity(file);
        if (_parsed.TryGetValue(identity, out var known)) return known;
        try
        {
            return _parsed[identity] = read(file) is { } bytes ? Parser.Parse(file, Decode(file, bytes, problems), problems) : null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            problems.Add(includedAt, "", file, $"the file cannot be read: {exception.Message}", "correct its path or its permissions");
            return null;
        }
    }

    /// <summary>UTF-8 to text; a byte that is no UTF-8 is a problem and becomes U+FFFD.</summary>
    public static string Decode(string file, ReadOnlySpan<byte> bytes, ProblemList problems)
    {
        if (bytes.Length > HoconLimits.FileBytes)
        {
            problems.Add(new SourcePosition(file, 1, 1), "", "", $"the file is larger than {HoconLimits.FileBytes >> 20} MiB", "give a configuration file");
            return "";
        }

        if (System.Text.Unicode.Utf8.IsValid(bytes)) return Encoding.UTF8.GetString(bytes);
        var text = Encoding.UTF8.GetString(bytes);
        var at = text.IndexOf('\uFFFD', StringComparison.Ordinal);
        var before = text.AsSpan(0, Math.Max(at, 0));
        var position = new SourcePosition(file, 1 + before.Count('\n'), before.Length - before.LastIndexOf('\n'));
        problems.Add(position, "", "", "the file is not valid UTF-8", "save it as UTF-8");
        return text;
    }
}
