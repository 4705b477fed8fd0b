using System.Text;

namespace ActorMirror.Import.Tmsh;

/// <param name="Text">Without quotes and escapes; null at the end of the text.</param>
/// <param name="IsQuoted">A quoted brace is a word.</param>
/// <param name="IsOpen">A quoted word whose end the text does not hold.</param>
internal readonly record struct TmshWord(string? Text, bool IsQuoted, bool IsOpen);

/// <summary>
/// Words of one line: runs of non-blanks, where a backslash takes the next character's meaning, or strings in double quotes. Apostrophes
/// and quotes within a word are ordinary characters.
/// </summary>
internal static class Words
{
    /// <param name="at">Moved behind the word.</param>
    public static TmshWord Next(ReadOnlySpan<char> text, ref int at)
    {
        while (at < text.Length && IsBlank(text[at])) at++;
        if (at >= text.Length) return default;
        return text[at] == '"' ? Quoted(text, ref at) : Plain(text, ref at);
    }

    private static TmshWord Plain(ReadOnlySpan<char> text, ref int at)
    {
        var start = at;
        var isEscaped = false;
        while (at < text.Length && !IsBlank(text[at]))
        {
            isEscaped |= text[at] == '\\';
            at += text[at] == '\\' && at + 1 < text.Length ? 2 : 1;
        }

        var word = text[start..at];
        return new TmshWord(isEscaped ? Unescape(word) : word.ToString(), isEscaped, IsOpen: false);
    }

    private static TmshWord Quoted(ReadOnlySpan<char> text, ref int at)
    {
        var start = ++at;
        while (at < text.Length && text[at] != '"') at += text[at] == '\\' && at + 1 < text.Length ? 2 : 1;
        if (at >= text.Length) return new TmshWord(Unescape(text[start..]), IsQuoted: true, IsOpen: true);
        return new TmshWord(Unescape(text[start..at++]), IsQuoted: true, IsOpen: false);
    }

    /// <summary>Escapes of the monitors' own (\r, \n) are left as they are.</summary>
    private static string Unescape(ReadOnlySpan<char> text)
    {
        if (!text.Contains('\\')) return text.ToString();
        var plain = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '\\' && i + 1 < text.Length && text[i + 1] is '"' or '\\' or '?' or '{' or '}' or ' ' or '\'') i++;
            plain.Append(text[i]);
        }

        return plain.ToString();
    }

    private static bool IsBlank(char c) => c is ' ' or '\t' or '\r';
}
