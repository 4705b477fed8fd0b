using System.Text.Encodings.Web;
using System.Text.Json;
using ActorMirror.Import.Reports;
using Spectre.Console;

namespace ActorMirror.Cli.Output;

/// <summary>
/// What an import says beside the configuration. JSON:
/// <c>{"carriedOver": [{file, line, object, path}], "leftOut": [{file, line, object, property, reason}], "assumed": [{path, reason}]}</c>.
/// </summary>
internal static class ImportReport
{
    private static readonly JsonSerializerOptions Options = new()
    {
        WriteIndented = true,
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static void Write(ImportResult result, bool isJson, TextWriter to)
    {
        if (isJson) to.WriteLine(JsonSerializer.Serialize(new { result.CarriedOver, result.LeftOut, result.Assumed }, Options));
        else Table(result, to);
    }

    private static void Table(ImportResult result, TextWriter to)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, Out = new AnsiConsoleOutput(to) });
        if (Console.IsErrorRedirected) console.Profile.Width = 300;
        if (result.LeftOut.Length > 0)
        {
            var table = Tables.New("Line", "Object", "Property", "Not carried over because");
            foreach (var left in result.LeftOut) Tables.Row(table, $"{left.File}:{left.Line}", left.Object, left.Property, left.Reason);
            console.Write(table);
        }

        if (result.Assumed.Length > 0)
        {
            var table = Tables.New("Assumed", "Because");
            foreach (var assumption in result.Assumed) Tables.Row(table, assumption.Path, assumption.Reason);
            console.Write(table);
        }

        to.WriteLine($"{result.CarriedOver.Length} objects carried over; {result.LeftOut.Length} left out in whole or in part; {result.Assumed.Length} assumed");
    }
}
