using ActorMirror.Management.Contracts;
using Spectre.Console;

namespace ActorMirror.Cli.Output;

/// <summary>Answers to single questions, line by line.</summary>
internal static class Questions
{
    public static void Rehearsal(IAnsiConsole console, RehearsalReport report)
    {
        console.MarkupLineInterpolated($"If [bold]{report.Active}[/] failed now, {report.TrafficGroup} would move to [bold]{report.NextActive ?? "nobody"}[/]: {report.Survive} of {report.Owned} connections would go on, {report.Owned - report.Survive} would be lost.");
        foreach (var obstacle in report.Obstacles) console.MarkupLineInterpolated($"[yellow]{obstacle}[/]");
        if (report.Mirror is { } mirror)
            console.MarkupLineInterpolated($"Mirror channel: {Text.Of(mirror.State)} since {mirror.Since.Wall:u}, lag: {Text.Lag(mirror)}");
        foreach (var exposed in report.Exposed)
        {
            console.MarkupLineInterpolated($"Not protected: {exposed.Connections} ({exposed.Reason}): {exposed.Why}");
            foreach (var c in exposed.Examples) console.MarkupLineInterpolated($"  e.g. {c.Protocol} {c.Client} > {c.Destination} ({c.VirtualServer})");
        }

        foreach (var listener in report.Listeners)
            console.MarkupLineInterpolated($"{listener.Name} ({listener.What}): {listener.Survive} of {listener.Owned} would go on");
        console.MarkupLineInterpolated($"Addresses that would move: {string.Join(", ", report.Addresses)}");
    }

    public static void Placement(IAnsiConsole console, TrafficGroupReport report)
    {
        console.MarkupLineInterpolated($"{report.Name}: active on [bold]{report.Active ?? "nobody"}[/], next-active [bold]{report.NextActive ?? "nobody"}[/], epoch {report.Epoch ?? "-"}");
        if (report.Placement is not { } placement) return;
        console.MarkupLineInterpolated($"Failover method: {placement.Method}");
        console.MarkupLineInterpolated($"Why active there: {placement.WhyActive}");
        console.MarkupLineInterpolated($"Why this next-active: {placement.WhyNextActive}");
        foreach (var change in placement.Changes) console.MarkupLineInterpolated($"What would change it: {change}");
        var table = Tables.New("Device", "Is", "Load", "Score", "Told");
        foreach (var device in placement.Devices)
            Tables.Row(table, device.Name, device.Verdict, $"{device.LoadFactors}/{device.HaCapacity}", device.Score?.ToString() ?? "-", device.ToldScore?.ToString() ?? "-");
        console.Write(table);
    }

    public static void Explanation(IAnsiConsole console, ConnectionExplanation report)
    {
        var c = report.Connection;
        console.MarkupLineInterpolated($"{c.Protocol} {c.Client} > {c.Destination}, {c.State}; {report.Device} is {Text.Of(report.Role)} for {c.TrafficGroup}");
        console.MarkupLineInterpolated($"Virtual server: {c.VirtualServer}");
        console.MarkupLineInterpolated($"Member: {c.Member}{(c.Snat is null ? "" : $" from {c.Snat}")}");
        if (c.Helper is { } helper) console.MarkupLineInterpolated($"Helper: {helper}");
        console.MarkupLineInterpolated($"Why this member: {report.MemberChoice}");
        console.MarkupLineInterpolated($"Mirroring: {report.Mirroring}");
        console.MarkupLineInterpolated($"Age of its copy: {(report.CopyAgeMs is null ? "not known here" : Text.Ms(report.CopyAgeMs))}");
        console.MarkupLineInterpolated($"At a failover: {report.AtFailover}");
    }
}
