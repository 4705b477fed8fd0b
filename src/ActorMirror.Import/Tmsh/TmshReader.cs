using System.Collections.Immutable;
using ActorMirror.Import.Syntax;

namespace ActorMirror.Import.Tmsh;

/// <summary>
/// Text of bigip.conf, bigip_base.conf and their kin to stanzas. Never throws, and reads in linear time: a stanza whose end is not
/// found before the next line that starts one is given up there, and reading goes on with that line.
/// </summary>
internal sealed class TmshReader
{
    private readonly SourceFile _file;
    private readonly ImmutableArray<Stanza>.Builder _stanzas = ImmutableArray.CreateBuilder<Stanza>();
    private readonly ImmutableArray<Unreadable>.Builder _unreadable = ImmutableArray.CreateBuilder<Unreadable>();
    private Unreadable? _skipping;
    private long _steps;

    private TmshReader(SourceFile file) => _file = file;

    public static TmshFile Read(SourceFile file)
    {
        var reader = new TmshReader(file);
        reader.ReadAll();
        return new TmshFile(reader._stanzas.ToImmutable(), reader._unreadable.ToImmutable(), reader._steps);
    }

    private void ReadAll()
    {
        var lines = new LineCursor(_file.Text);
        while (!lines.IsAtEnd)
        {
            var line = lines.Current;
            _steps += line.Length + 1;
            if (IsEmpty(line))
            {
                lines.Next();
            }
            else if (_skipping is null && !IsCommand(line) ? Headers.LooksLikeHeader(line) : Headers.IsHeader(line))
            {
                EndSkipping();
                ReadStanza(ref lines);
            }
            else
            {
                Skip(lines.Line, line);
                lines.Next();
            }
        }

        EndSkipping();
    }

    private void ReadStanza(ref LineCursor lines)
    {
        var start = lines;
        var header = lines.Current.TrimEnd();
        var reading = new StanzaReading(_file, start, HeaderOf(header));
        var end = reading.IsScript ? reading.FindEndOfScript() : reading.ReadBlock();
        _steps += reading.Steps;
        if (end is { } after)
        {
            _stanzas.Add(reading.Stanza!);
            lines = after;
            return;
        }

        _skipping = new Unreadable(new Place(_file.Name, start.Line), start.Line, reading.Title, reading.Failure!);
        lines.Next();
    }

    private void Skip(int line, ReadOnlySpan<char> text)
    {
        _skipping = _skipping is null
            ? new Unreadable(new Place(_file.Name, line), line, "", IsCommand(text) ? "a tmsh command, not a line of a configuration file" : "text outside all objects")
            : _skipping with { LastLine = line };
    }

    private void EndSkipping()
    {
        if (_skipping is not null) _unreadable.Add(_skipping);
        _skipping = null;
    }

    private static List<string> HeaderOf(ReadOnlySpan<char> line)
    {
        var words = new List<string>();
        var at = 0;
        while (Words.Next(line, ref at) is { Text: { } word, IsQuoted: var isQuoted } && (word is not "{" || isQuoted)) words.Add(word);
        return words;
    }

    private static bool IsCommand(ReadOnlySpan<char> line) =>
        line.StartsWith("create ") || line.StartsWith("modify ") || line.StartsWith("delete ") || line.StartsWith("tmsh ") || line.StartsWith("list ");

    internal static bool IsEmpty(ReadOnlySpan<char> line)
    {
        var text = line.TrimStart();
        return text.IsEmpty || text[0] == '#';
    }
}
