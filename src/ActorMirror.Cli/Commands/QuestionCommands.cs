using System.CommandLine;
using ActorMirror.Cli.Output;
using ActorMirror.Management.Contracts;

namespace ActorMirror.Cli.Commands;

/// <summary>What would happen, and why: questions that touch nothing.</summary>
internal static class QuestionCommands
{
    /// <summary><c>failover rehearse TRAFFIC-GROUP</c>.</summary>
    public static Command Rehearse(CommandContext context)
    {
        var name = new Argument<string>("traffic-group") { Description = "A traffic group that is active on this device.", HelpName = "TRAFFIC-GROUP" };
        var command = new Command("rehearse", "What would survive a failover now, what not, and why; touches no traffic.") { name };
        command.SetAction(context.Show(
            parsed => $"traffic-groups/{Uri.EscapeDataString(parsed.GetValue(name)!)}/rehearsal",
            ManagementJson.Default.RehearsalReport,
            report => Questions.Rehearsal(context.Console, report)));
        return command;
    }

    /// <summary><c>traffic-group explain NAME</c>.</summary>
    public static Command ExplainPlacement(CommandContext context)
    {
        var name = new Argument<string>("name") { Description = "The traffic group." };
        var command = new Command("explain", "Why it is active where it is, why its next-active is that one, and what would change it.") { name };
        command.SetAction(context.Show(
            parsed => $"traffic-groups/{Uri.EscapeDataString(parsed.GetValue(name)!)}",
            ManagementJson.Default.TrafficGroupReport,
            report => Questions.Placement(context.Console, report)));
        return command;
    }

    /// <summary><c>connection explain TUPLE</c>.</summary>
    public static Command Explain(CommandContext context)
    {
        var words = new Argument<string[]>("tuple")
        {
            Description = "The client's side of the connection: tcp 10.10.0.10:40000 10.10.0.100:5000; the protocol may be left out, an arrow put between.",
            HelpName = "TUPLE",
            Arity = ArgumentArity.OneOrMore,
        };
        var command = new Command("explain", "One connection: its member and why, its copy, and what a failover would do to it.") { words };
        command.SetAction(context.Show(
            parsed => $"connections/explain?tuple={Uri.EscapeDataString(string.Join(' ', parsed.GetValue(words)!))}",
            ManagementJson.Default.ConnectionExplanation,
            report => Questions.Explanation(context.Console, report)));
        return command;
    }
}
