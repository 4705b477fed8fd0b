using ActorMirror.Import.Syntax;

namespace ActorMirror.Import.Tmsh;

/// <summary>The reading of one stanza from its header on: to its end, or to where it must have ended.</summary>
internal sealed class StanzaReading
{
    private readonly SourceFile _file;
    private readonly LineCursor _start;
    private readonly string _kind;
    private readonly string _name;

    public StanzaReading(SourceFile file, LineCursor start, IReadOnlyList<string> header)
    {
        (_file, _start) = (file, start);
        (_kind, _name) = Headers.Split(header);
    }

    public bool IsScript => Headers.IsScript(_kind);

    public string Title => _name.Length == 0 ? _kind : $"{_kind} {_name}";

    /// <summary>Set when it was read.</summary>
    public Stanza? Stanza { get; private set; }

    /// <summary>Set when it was not.</summary>
    public string? Failure { get; private set; }

    public long Steps { get; private set; }

    /// <summary>A script ends with the last line before the next header, or before the end of the file, which is a brace.</summary>
    public LineCursor? FindEndOfScript()
    {
        var lines = _start;
        var lastIsBrace = lines.Current.TrimEnd() is [.., '}'];
        for (lines.Next(); !lines.IsAtEnd && !Headers.IsHeader(lines.Current); lines.Next())
        {
            Steps += 2 * (lines.Current.Length + 1);
            if (!TmshReader.IsEmpty(lines.Current)) lastIsBrace = lines.Current.Trim() is "}";
        }

        if (!lastIsBrace) return Fail("its closing brace is missing", lines);
        Stanza = new Stanza(Place, _kind, _name, [], TextUntil(lines));
        return lines;
    }

    public LineCursor? ReadBlock()
    {
        var builder = new BlockBuilder(_file.Name, splitsLines: true);
        var lines = _start;
        while (true)
        {
            var line = LogicalLine(ref lines);
            if (line is null) return Fail("a quoted value has no closing quote", lines);
            if (!ReadLine(builder, line.Value.Text.Span, line.Value.Number)) return null;
            if (builder.Depth == 0) return Finish(builder, line.Value.Number, lines);
            if (lines.IsAtEnd || Headers.IsHeader(lines.Current)) return Fail("its closing brace is missing", lines);
        }
    }

    /// <summary>A line, with those that a string in quotes spans. Null when the string does not end before the file or the stanza seems to.</summary>
    private (ReadOnlyMemory<char> Text, int Number)? LogicalLine(ref LineCursor lines)
    {
        var (start, number, isOpen) = (lines.Start, lines.Line, false);
        while (true)
        {
            var line = lines.Current;
            Steps += 4 * (line.Length + 1);
            var end = lines.Start + line.Length;
            isOpen = EndsInQuotes(line, isOpen);
            var isBrace = line.TrimEnd() is "}";
            lines.Next();
            if (!isOpen) return (lines.Text.AsMemory(start..end), number);
            if (lines.IsAtEnd || (isBrace && Headers.IsHeader(lines.Current))) return null;
        }
    }

    /// <summary>Whether a string is open at the end of a line that starts outside or inside one.</summary>
    private static bool EndsInQuotes(ReadOnlySpan<char> line, bool isOpen)
    {
        var at = 0;
        if (isOpen)
        {
            while (at < line.Length && line[at] != '"') at += line[at] == '\\' ? 2 : 1;
            if (at++ >= line.Length) return true;
        }
        else if (TmshReader.IsEmpty(line))
        {
            return false;
        }

        while (true)
        {
            var word = Words.Next(line, ref at);
            if (word.Text is null || word.IsOpen) return word.IsOpen;
        }
    }

    private bool ReadLine(BlockBuilder builder, ReadOnlySpan<char> line, int number)
    {
        if (TmshReader.IsEmpty(line)) return true;
        var at = 0;
        while (Words.Next(line, ref at) is { Text: { } word } next)
        {
            if (next.IsQuoted || IsValue(builder, word) || word is not ("{" or "}" or "{}"))
            {
                builder.Word(word, number);
                continue;
            }

            if (word is "}" && builder.Depth == 0) return Fail("a brace closes what none opened", number);
            if (word is not "}") builder.Open(number);
            if (word is not "{") builder.Close(number);
            if (builder.Depth > BlockBuilder.MaximumDepth) return Fail($"it nests deeper than {BlockBuilder.MaximumDepth} levels", number);
            if (builder.Depth == 0) return at >= line.Length || line[at..].IsWhiteSpace() || Fail("text follows its closing brace on the same line", number);
        }

        builder.EndOfLine();
        return true;
    }

    /// <summary>A record of a data group may hold a single brace: <c>data }</c>.</summary>
    private bool IsValue(BlockBuilder builder, string word) =>
        word is "{" or "}" && builder.Words is ["data"] && _kind.StartsWith("ltm data-group", StringComparison.Ordinal);

    private LineCursor? Finish(BlockBuilder builder, int line, LineCursor after)
    {
        if (builder.TakeEntries() is not [{ Block.IsDefault: false, Entries: var items }]) return Fail("it has no block", after);
        if (line == _start.Line && items.Any(i => !i.Entries.IsEmpty))
            return Fail("a listing of the form 'one-line', in which values cannot be told from keys: list it without", after);
        Stanza = new Stanza(Place, _kind, _name, items, TextUntil(after));
        return after;
    }

    private LineCursor? Fail(string reason, LineCursor at)
    {
        Failure = at.IsAtEnd || at.Line == _start.Line + 1 ? reason : $"{reason}; line {at.Line} starts the next object";
        return null;
    }

    private bool Fail(string reason, int line)
    {
        Failure = $"{reason} (line {line})";
        return false;
    }

    private Place Place => new(_file.Name, _start.Line);

    private ReadOnlyMemory<char> TextUntil(LineCursor end) => _file.Text.AsMemory(_start.Start..end.Start);
}
