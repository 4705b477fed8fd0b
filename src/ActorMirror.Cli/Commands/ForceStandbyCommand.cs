using System.CommandLine;
using ActorMirror.Management.Contracts;

namespace ActorMirror.Cli.Commands;

/// <summary><c>traffic-group force-standby NAME [--to DEVICE]</c>: a planned handover, once; nothing brings the group back by itself.</summary>
internal static class ForceStandbyCommand
{
    public static Command Create(CommandContext context)
    {
        var name = new Argument<string>("name") { Description = "The traffic group." };
        var to = new Option<string?>("--to") { Description = "The device to move it to; otherwise its next-active.", HelpName = "DEVICE" };
        var command = new Command("force-standby", "Moves a traffic group to another device without losing a connection.") { name, to };
        command.SetAction((parsed, stop) => context.WithDevice(parsed, async device =>
        {
            var report = await device.PostAsync(
                $"traffic-groups/{Uri.EscapeDataString(parsed.GetValue(name)!)}/force-standby",
                new ForceStandbyRequest(parsed.GetValue(to)),
                ManagementJson.Default.ForceStandbyRequest,
                ManagementJson.Default.CommandReport,
                stop);
            return context.Print(parsed, report, r => context.Output.WriteLine(r.Detail));
        }));
        return command;
    }
}
