using System.CommandLine;
using ActorMirror.Management.Contracts;

namespace ActorMirror.Cli.Commands;

/// <summary><c>device offline NAME</c> and <c>device release NAME</c>, said to any device of the group.</summary>
internal static class OfflineCommands
{
    public static Command Offline(CommandContext context) => Create(
        context, "offline", "Takes a device out of service: it hands its traffic groups over, then serves and mirrors nothing until it is released, restarts included.");

    public static Command Release(CommandContext context) => Create(context, "release", "Brings a device back that was taken offline.");

    private static Command Create(CommandContext context, string word, string description)
    {
        var name = new Argument<string>("name") { Description = "The device." };
        var command = new Command(word, description) { name };
        command.SetAction((parsed, stop) => context.WithDevice(parsed, async device =>
        {
            var report = await device.PostAsync($"devices/{Uri.EscapeDataString(parsed.GetValue(name)!)}/{word}", ManagementJson.Default.CommandReport, stop);
            return context.Print(parsed, report, r => context.Output.WriteLine(r.Detail));
        }));
        return command;
    }
}
