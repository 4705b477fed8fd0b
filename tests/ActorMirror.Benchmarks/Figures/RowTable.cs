using System.Globalization;
using Spectre.Console;

namespace ActorMirror.Benchmarks.Figures;

/// <summary>Rows for people.</summary>
internal static class RowTable
{
    public static void Write(string name, IReadOnlyList<Row> rows)
    {
        if (!AnsiConsole.Profile.Out.IsTerminal)
        {
            AnsiConsole.Profile.Width = 220;
            AnsiConsole.Profile.Capabilities.Ansi = false;
        }

        var table = new Table { Title = new TableTitle(name) };
        table.AddColumns("what", "unit", "ours", "peer", "ratio", "95 % interval", "rounds", "bar");
        foreach (var row in rows)
        {
            table.AddRow(((string[])
            [
                row.What, row.Unit, Text(row.Ours), row.Peer is { } peer ? $"{Text(peer)} ({row.PeerName})" : "", Text(row.Ratio),
                row.Interval is [var low, var high] ? $"{Text(low)} to {Text(high)}" : "", $"{row.Rounds}", row.Bar ?? "",
            ]).Select(Markup.Escape).ToArray());
        }

        AnsiConsole.Write(table);
        foreach (var note in rows.Where(r => r.Note is not null).Select(r => $"{r.What}: {r.Note}")) Console.WriteLine(note);
    }

    /// <summary>Four significant digits, no exponent.</summary>
    internal static string Text(double? value) => value switch
    {
        null => "",
        0 => "0",
        { } v when Math.Abs(v) >= 1000 => v.ToString("N0", CultureInfo.InvariantCulture),
        { } v => v.ToString("F" + Math.Clamp(3 - (int)Math.Floor(Math.Log10(Math.Abs(v))), 0, 6), CultureInfo.InvariantCulture),
    };
}
