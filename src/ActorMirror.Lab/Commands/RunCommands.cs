using System.CommandLine;
using System.Text.Json;
using ActorMirror.Lab.Reports;
using ActorMirror.Lab.Scenarios;
using Spectre.Console;

namespace ActorMirror.Lab.Commands;

/// <summary><c>amlab run</c>: scenarios; exit code 0 when all expectations held, 1 when not, 2 when a file cannot be read.</summary>
internal static class RunCommands
{
    public static Command Run()
    {
        var file = new Argument<string>("file") { Description = "Scenario (HOCON)." };
        return Build(new Command("run", "Runs a scenario.") { file }, result => result.GetValue(file)!);
    }

    public static Command Demo() => Build(
        new Command("demo", "The main job: three devices, two traffic groups, hundreds of connections, every fault."), _ => ScenarioFiles.Find("demo.conf"));

    private static Command Build(Command command, Func<ParseResult, string> file)
    {
        var json = new Option<string?>("--json") { Description = "Writes the report to this file." };
        var repeat = new Option<int>("--repeat") { Description = "So many runs in a row.", DefaultValueFactory = _ => 1 };
        var only = new Option<string?>("--only") { Description = "Only these faults, separated by commas." };
        command.Add(json);
        command.Add(repeat);
        command.Add(only);
        command.SetAction(async (result, stop) =>
        {
            try
            {
                var scenario = ScenarioFilter.Only(ScenarioReader.Read(file(result)), result.GetValue(only)?.Split(',') ?? []);
                return await RunAsync(scenario, result.GetValue(repeat), result.GetValue(json), stop);
            }
            catch (ScenarioException e)
            {
                await Console.Error.WriteLineAsync(e.Message);
                return 2;
            }
            catch (OperationCanceledException)
            {
                return 130; // as a shell says it: ended by SIGINT
            }
        });
        return command;
    }

    private static async Task<int> RunAsync(Scenario scenario, int repeat, string? json, CancellationToken stop)
    {
        List<LabReport> reports = [];
        for (var i = 1; i <= repeat; i++)
        {
            if (repeat > 1) Console.WriteLine($"run {i} of {repeat}");
            var report = AnsiConsole.Profile.Out.IsTerminal
                ? await LiveView.ShowAsync(view => ScenarioRunner.RunAsync(scenario, view, stop))
                : await ScenarioRunner.RunAsync(scenario, new PlainView(Console.Out), stop);
            reports.Add(report);
            Show(report);
        }

        var joined = LabReport.Join(reports);
        if (json is not null) await File.WriteAllTextAsync(json, JsonSerializer.Serialize(joined, ReportJson.Default.LabReport), stop);
        return joined.Ok ? 0 : 1;
    }

    private static void Show(LabReport report)
    {
        if (!AnsiConsole.Profile.Out.IsTerminal)
        {
            AnsiConsole.Profile.Width = 220;
            AnsiConsole.Profile.Capabilities.Ansi = false;
            AnsiConsole.Write(FaultTable.Build(report.Faults));
        }

        foreach (var problem in report.Problems.Concat(report.Faults.SelectMany(f => f.Problems.Select(p => $"{f.Name}: {p}")))) Console.WriteLine(problem);
        Console.WriteLine(report.Ok ? "passed" : "failed");
    }
}
