using System.CommandLine;
using ActorMirror.Management.Contracts;

namespace ActorMirror.Cli.Commands;

/// <summary><c>event watch</c>: what happens, line by line, until the device stops or the operator does.</summary>
internal static class EventCommands
{
    public static Command Watch(CommandContext context)
    {
        var command = new Command("watch", "Roles, placements, mirror channels, alarms and members as they change, until interrupted; with --json one object a line.");
        command.SetAction((parsed, stop) => context.WithDevice(parsed, async device =>
        {
            await foreach (var happened in device.StreamAsync("events", ManagementJson.Default.EventReport, stop))
            {
                if (parsed.GetValue(context.Json)) context.Output.WriteLine(System.Text.Json.JsonSerializer.Serialize(happened, ManagementJson.Default.EventReport));
                else if (happened.Kind is not ("listening" or "alive")) context.Output.WriteLine($"{happened.At:u} {happened.Kind}: {happened.Text}");
            }

            return AmctlCommand.Done;
        }));
        return command;
    }
}
