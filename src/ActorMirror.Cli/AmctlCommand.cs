using System.CommandLine;
using ActorMirror.Cli.Commands;
using Spectre.Console;

namespace ActorMirror.Cli;

/// <summary>
/// The whole of <c>amctl</c>. Exit codes: 0 done; 1 refused, or a configuration with errors; 2 the device or the file cannot be reached.
/// Everything that is shown is also there with <c>--json</c>, as the management API gives it.
/// </summary>
internal static class AmctlCommand
{
    public const int Done = 0;
    public const int Refused = 1;
    public const int Unreachable = 2;

    public static RootCommand Create(IAnsiConsole console, TextWriter output, TextWriter error)
    {
        var context = new CommandContext(console, output, error);
        return new RootCommand("Shows and controls an ActorMirror device, over its local control socket or over the network (--remote).")
        {
            context.Socket,
            context.Remote,
            context.TokenFile,
            context.Authority,
            context.Json,
            context.Every,
            new Command("cluster", "The device group.") { ShowCommands.Cluster(context) },
            new Command("device", "The devices of the group.") { ShowCommands.Devices(context), OfflineCommands.Offline(context), OfflineCommands.Release(context) },
            new Command("traffic-group", "Traffic groups.") { ShowCommands.TrafficGroups(context), QuestionCommands.ExplainPlacement(context), ForceStandbyCommand.Create(context) },
            new Command("failover", "Moves of traffic groups.") { ShowCommands.Failovers(context), QuestionCommands.Rehearse(context) },
            new Command("virtual-server", "Virtual servers and their pool members.") { ShowCommands.VirtualServers(context) },
            new Command("snat", "Translations of connections that servers open outwards.") { ShowCommands.Snats(context) },
            new Command("connection", "Connections in this device's table.") { ShowCommands.Connections(context), QuestionCommands.Explain(context) },
            new Command("persistence", "Clients that return to the member they had.") { PersistenceCommands.Show(context), PersistenceCommands.Delete(context) },
            new Command("mirror", "Mirror channels of this device.") { ShowCommands.Mirrors(context), ResyncCommand.Create(context) },
            TrustCommands.Create(context),
            TokenCommands.Create(context),
            new Command("audit", "Who changed what.") { ShowCommands.Audit(context) },
            new Command("event", "What happens on the device.") { EventCommands.Watch(context) },
            DoctorCommand.Create(context),
            SupportBundleCommand.Create(context),
            new Command("config", "Configuration files.") { ConfigCheckCommand.Create(context) },
            ImportCommands.Create(context),
        };
    }
}
