namespace ActorMirror.Import.Syntax;

/// <summary>A place at the start of a line. Line ends are LF or CRLF.</summary>
internal struct LineCursor(string text)
{
    public readonly string Text => text;

    /// <summary>Index of the line's first character.</summary>
    public int Start { get; private set; }

    /// <summary>From 1.</summary>
    public int Line { get; private set; } = 1;

    public readonly bool IsAtEnd => Start >= text.Length;

    /// <summary>The line without its end.</summary>
    public readonly ReadOnlySpan<char> Current
    {
        get
        {
            var rest = text.AsSpan(Start);
            var length = rest.IndexOf('\n');
            return (length < 0 ? rest : rest[..length]).TrimEnd('\r');
        }
    }

    public void Next()
    {
        var end = text.IndexOf('\n', Start);
        Start = end < 0 ? text.Length : end + 1;
        Line++;
    }
}
