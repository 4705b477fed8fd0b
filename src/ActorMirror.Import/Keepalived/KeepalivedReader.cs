using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Text;
using ActorMirror.Import.Reports;
using ActorMirror.Import.Syntax;

namespace ActorMirror.Import.Keepalived;

/// <summary>
/// keepalived.conf(5) to nested entries: <c>!</c> and <c>#</c> start comments, braces may stand on lines of their own, quotes hold blanks.
/// Includes, variables and conditional lines are named as left out. Never throws, and reads in linear time.
/// </summary>
internal static class KeepalivedReader
{
    /// <summary>Blocks that stand at the top only: where one begins at column 0, a block that is open was not closed.</summary>
    private static readonly FrozenSet<string> TopLevel = new[]
    {
        "bfd_instance", "global_defs", "garp_group", "linkbeat_interfaces", "static_ipaddress", "static_routes", "static_rules", "track_group", "virtual_server",
        "virtual_server_group", "vrrp_instance", "vrrp_script", "vrrp_sync_group", "vrrp_track_file", "vrrp_track_process",
    }.ToFrozenSet();

    public static ImmutableArray<Item> Read(SourceFile file, Report report)
    {
        var builder = new BlockBuilder(file.Name, splitsLines: false);
        var (openedOn, title) = (0, "");
        for (var lines = new LineCursor(file.Text); !lines.IsAtEnd; lines.Next())
        {
            var words = WordsOf(lines.Current);
            if (words.Count == 0) continue;
            if (words[0] is not "{") builder.EndOfLine();
            if (WhyNot(words[0]) is { } reason)
            {
                report.LeaveOut(new Place(file.Name, lines.Line), words[0], "", reason);
                continue;
            }

            if (builder.Depth > 0 && TopLevel.Contains(words[0]) && !char.IsWhiteSpace(lines.Current[0])) CloseAll($"line {lines.Line} starts the next block");
            foreach (var word in words) Take(word, lines.Line);
        }

        builder.EndOfLine();
        if (builder.Depth > 0) CloseAll("the file ends");
        return builder.TakeEntries();

        void Take(string word, int line)
        {
            if (word is "{" && builder.Depth < BlockBuilder.MaximumDepth)
            {
                if (builder.Depth == 0) (openedOn, title) = (line, string.Join(' ', builder.Words.Take(3)));
                builder.Open(line);
            }
            else if (word is "}" && builder.Depth > 0)
            {
                builder.Close(line);
            }
            else if (word is "{" or "}")
            {
                report.LeaveOut(new Place(file.Name, line), "", "", word is "}" ? "a brace closes what none opened" : $"it nests deeper than {BlockBuilder.MaximumDepth} levels");
            }
            else
            {
                builder.Word(word, line);
            }
        }

        void CloseAll(string because)
        {
            report.LeaveOut(new Place(file.Name, openedOn), title, "", $"its closing brace is missing: {because}; it is read up to there");
            while (builder.Depth > 0) builder.Close(0);
        }
    }

    private static string? WhyNot(string word) => word switch
    {
        ['@', ..] => "a conditional line: which of them hold is not known; write those that do without '@'",
        ['$' or '~', ..] => "variables and sequences are not supported: write the values",
        _ => word.StartsWith("include", StringComparison.Ordinal) ? "included files are not read: put their text in its place" : null,
    };

    private static List<string> WordsOf(ReadOnlySpan<char> line)
    {
        var words = new List<string>();
        var word = new StringBuilder();
        var (isQuoted, isWord) = (false, false);
        foreach (var c in line)
        {
            if (!isQuoted && (c is '!' or '#')) break;
            if (c == '"') (isQuoted, isWord) = (!isQuoted, true);
            else if (isQuoted) word.Append(c);
            else if (char.IsWhiteSpace(c)) End();
            else if (c is '{' or '}') Brace(c);
            else word.Append(c);
        }

        End();
        return words;

        void Brace(char c)
        {
            End();
            words.Add(c == '{' ? "{" : "}");
        }

        void End()
        {
            if (word.Length > 0 || isWord) words.Add(word.ToString());
            word.Clear();
            isWord = false;
        }
    }
}
