using System.CommandLine;
using ActorMirror.Management.Contracts;

namespace ActorMirror.Cli.Commands;

/// <summary><c>mirror resync TRAFFIC-GROUP</c>: everything is sent to the next-active again; what is protected stays so meanwhile.</summary>
internal static class ResyncCommand
{
    public static Command Create(CommandContext context)
    {
        var name = new Argument<string>("traffic-group") { Description = "A traffic group that is active on this device.", HelpName = "TRAFFIC-GROUP" };
        var command = new Command("resync", "Sends every connection of a traffic group to its next-active again.") { name };
        command.SetAction((parsed, stop) => context.WithDevice(parsed, async device =>
        {
            var report = await device.PostAsync(
                $"traffic-groups/{Uri.EscapeDataString(parsed.GetValue(name)!)}/resync", ManagementJson.Default.CommandReport, stop);
            return context.Print(parsed, report, r => context.Output.WriteLine(r.Detail));
        }));
        return command;
    }
}
