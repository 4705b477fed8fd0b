using System.Collections.Immutable;
using System.CommandLine;
using ActorMirror.Cli.Output;
using ActorMirror.Management.Contracts;

namespace ActorMirror.Cli.Commands;

/// <summary>The commands that only show: a path of the API, its type, its table.</summary>
internal static class ShowCommands
{
    private static ManagementJson Types => ManagementJson.Default;

    public static Command Cluster(CommandContext context) =>
        Show("Members, quorum and where each traffic group is active.", context.Show("status", Types.StatusReport, s => Tables.Cluster(context.Console, s)));

    public static Command Devices(CommandContext context) =>
        Show("Each device as this one sees it.", context.Show("devices", Types.ImmutableArrayDeviceReport, d => Tables.Devices(context.Console, d)));

    public static Command TrafficGroups(CommandContext context) =>
        Show("Role, epoch and protection of each traffic group.", context.Show("traffic-groups", Types.ImmutableArrayTrafficGroupReport, g => Tables.TrafficGroups(context.Console, g)));

    public static Command VirtualServers(CommandContext context) =>
        Show("Each virtual server with its members.", context.Show("virtual-servers", Types.ImmutableArrayVirtualServerReport, v => Tables.VirtualServers(context.Console, v)));

    public static Command Snats(CommandContext context) =>
        Show("Each SNAT with its origins and translation addresses.", context.Show("snats", Types.ImmutableArraySnatReport, s => Tables.Snats(context.Console, s)));

    public static Command Mirrors(CommandContext context) =>
        Show("State, port, sequences and lag of each channel.", context.Show("mirror", Types.ImmutableArrayMirrorReport, m => Tables.Mirrors(context.Console, m)));

    public static Command Failovers(CommandContext context)
    {
        var limit = new Option<int>("--limit") { Description = "List at most so many.", HelpName = "N", DefaultValueFactory = _ => 20 };
        var command = new Command("history", "The latest moves of traffic groups, with what they cost, newest first.") { limit };
        command.SetAction(context.Show(
            parsed => $"failovers?limit={parsed.GetValue(limit)}", Types.ImmutableArrayFailoverReport, f => Tables.Failovers(context.Console, f)));
        return command;
    }

    public static Command Audit(CommandContext context)
    {
        var limit = new Option<int>("--limit") { Description = "List at most so many.", HelpName = "N", DefaultValueFactory = _ => 50 };
        var command = Show(
            "The latest changes over the control socket and the management API, and what was refused, newest first.",
            context.Show(parsed => $"audit?limit={parsed.GetValue(limit)}", Types.ImmutableArrayAuditReport, a => AccessTables.Audit(context.Console, a)));
        command.Add(limit);
        return command;
    }

    public static Command Connections(CommandContext context)
    {
        var mirrored = new Option<bool>("--mirrored") { Description = "Only those the mirror has acknowledged as applied, or that this device holds as copies." };
        var group = new Option<string?>("--traffic-group") { Description = "Only those of one traffic group.", HelpName = "NAME" };
        var limit = new Option<int>("--limit") { Description = "List at most so many; all are counted.", HelpName = "N", DefaultValueFactory = _ => 100 };
        var after = new Option<string?>("--after") { Description = "Go on where a page before ended, as it said.", HelpName = "PLACE" };
        var command = Show("Connections, with what the mirror holds of them.", context.Show(Path, Types.ConnectionPage, c => Tables.Connections(context.Console, c)));
        command.Add(mirrored);
        command.Add(group);
        command.Add(limit);
        command.Add(after);
        return command;

        string Path(ParseResult parsed) =>
            $"connections?limit={parsed.GetValue(limit)}"
            + (parsed.GetValue(mirrored) ? "&mirrored=true" : "")
            + (parsed.GetValue(group) is { } name ? $"&trafficGroup={Uri.EscapeDataString(name)}" : "")
            + (parsed.GetValue(after) is { } place ? $"&after={Uri.EscapeDataString(place)}" : "");
    }

    private static Command Show(string description, Func<ParseResult, CancellationToken, Task<int>> action)
    {
        var command = new Command("show", description);
        command.SetAction(action);
        return command;
    }
}
