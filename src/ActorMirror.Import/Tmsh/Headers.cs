using System.Collections.Frozen;

namespace ActorMirror.Import.Tmsh;

/// <summary>Recognises the first lines of stanzas, and takes them apart.</summary>
internal static class Headers
{
    /// <summary>The modules of TMOS: a line that starts with one of them at column 0 and holds a brace starts a stanza, whatever came before.</summary>
    private static readonly FrozenSet<string> Modules = new[]
    {
        "analytics", "api-protection", "apm", "asm", "auth", "cli", "cloud", "cm", "devices", "gtm", "ilx", "live-update", "ltm", "mgmt", "net", "pem",
        "security", "sslo", "sys", "vcmp", "wam", "wom",
    }.ToFrozenSet();

    private static readonly FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>> ModuleLookup = Modules.GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>Kinds whose body is a script: braces in it mean nothing, only its end does.</summary>
    private static readonly string[] Scripts =
    [
        "ltm rule", "gtm rule", "pem irule", "cli script", "sys application template", "sys application apl-script", "sys icall script",
    ];

    /// <summary>Whether a line starts a stanza of a known module. Costs no more than the line is long.</summary>
    public static bool IsHeader(ReadOnlySpan<char> line)
    {
        if (!LooksLikeHeader(line)) return false;
        return ModuleLookup.Contains(line[..line.IndexOf(' ')]);
    }

    /// <summary>Whether a line starts a stanza where one is expected: of a known module or not.</summary>
    public static bool LooksLikeHeader(ReadOnlySpan<char> line)
    {
        if (line.IsEmpty || !char.IsAsciiLetterLower(line[0]) || line.TrimEnd() is not [.., '{' or '}']) return false;
        var word = line.IndexOf(' ');
        return word > 0 && line[word..].Contains(" {", StringComparison.Ordinal);
    }

    public static bool IsScript(string kind) => Scripts.Contains(kind, StringComparer.Ordinal);

    /// <summary>
    /// Header words to kind and name. The words of a type are small letters; where they end <see cref="StanzaTypes"/> knows, else the
    /// last word is the name.
    /// </summary>
    public static (string Kind, string Name) Split(IReadOnlyList<string> words)
    {
        var typeWords = words.TakeWhile(IsTypeWord).Count();
        var length = StanzaTypes.LengthOf(words, typeWords) ?? Math.Max(Math.Min(2, words.Count), Math.Min(typeWords, words.Count - 1));
        return (string.Join(' ', words.Take(length)), string.Join(' ', words.Skip(length)));
    }

    private static bool IsTypeWord(string word) => word.Length > 0 && char.IsAsciiLetterLower(word[0]) && word.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '-');
}
