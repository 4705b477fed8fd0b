using System.CommandLine;
using ActorMirror.Lab.Runs;

namespace ActorMirror.Lab.Commands;

/// <summary>What earlier runs left behind: shown, and taken away.</summary>
internal static class HouseCommands
{
    public static Command Leftovers()
    {
        var command = new Command("leftovers", "Lists what is still there of runs that are over; exit code 1 when there is something.");
        command.SetAction(_ =>
        {
            var lines = Cleaner.Leftovers();
            foreach (var line in lines) Console.WriteLine(line);
            return lines.Count == 0 ? 0 : 1;
        });
        return command;
    }

    public static Command Clean()
    {
        var command = new Command("clean", "Ends the processes and deletes the namespaces of runs whose lab is gone.");
        command.SetAction(async (_, _) =>
        {
            foreach (var run in Run.All().Where(r => !r.IsOwned))
            {
                await Cleaner.CleanAsync(run);
                Console.WriteLine($"run {run.Id} cleaned");
            }

            return 0;
        });
        return command;
    }

    public static Command Reap()
    {
        var run = new Argument<string>("run");
        var command = new Command(Reaper.Command, "Waits for the end of its input, then cleans a run.") { run };
        command.Hidden = true;
        command.SetAction((result, _) => Reaper.ReapAsync(result.GetValue(run)!));
        return command;
    }
}
