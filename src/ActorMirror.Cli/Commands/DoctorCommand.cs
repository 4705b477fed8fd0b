using System.Collections.Immutable;
using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Serialization;
using ActorMirror.Cli.Output;
using ActorMirror.Configuration;
using ActorMirror.Doctor;
using ActorMirror.Management.Contracts;

namespace ActorMirror.Cli.Commands;

/// <summary>
/// <c>doctor --config FILE</c>: what the device stands on, each with what to do; needs no running daemon. Exit code 0: no trouble, 1: trouble, 2: the
/// configuration cannot be read.
/// </summary>
internal static class DoctorCommand
{
    public static Command Create(CommandContext context)
    {
        var config = new Option<string>("--config") { Description = "The daemon's configuration.", HelpName = "FILE", Required = true };
        var device = new Option<string?>("--device") { Description = "This device's name, in place of actormirror.device in the file.", HelpName = "NAME" };
        var state = new Option<string>("--state-dir") { Description = "The daemon's state directory.", HelpName = "DIR", DefaultValueFactory = _ => "/var/lib/actormirror" };
        var all = new Option<bool>("--all") { Description = "Also what is fine." };
        var command = new Command("doctor", "Looks at kernel, packages, addresses, tables, clock, trust and peers, and says what to do: amctl doctor --config /etc/actormirror/actormirror.conf")
        {
            config, device, state, all,
        };
        command.SetAction(async (parsed, stop) =>
        {
            var loaded = ConfigurationLoader.Load(parsed.GetRequiredValue(config), parsed.GetValue(device));
            if (loaded.Model is not { } model)
            {
                context.Error.WriteLine($"the configuration has errors: check it with 'amctl config check {parsed.GetRequiredValue(config)}'");
                return loaded.IsUnreadable ? AmctlCommand.Unreachable : AmctlCommand.Refused;
            }

            var findings = await new Examination(model, Path.GetFullPath(parsed.GetRequiredValue(state)), TimeProvider.System).RunAsync(stop);
            if (parsed.GetValue(context.Json)) context.Output.WriteLine(JsonSerializer.Serialize(findings, DoctorJson.Default.ImmutableArrayFinding));
            else Show(context, findings, parsed.GetValue(all));
            return findings.Any(f => f.Verdict == Verdict.Trouble) ? AmctlCommand.Refused : AmctlCommand.Done;
        });
        return command;
    }

    private static void Show(CommandContext context, ImmutableArray<Finding> findings, bool all)
    {
        var shown = findings.Where(f => all || f.Verdict != Verdict.Fine).ToList();
        var table = Tables.New("Area", "What", "", "Found", "What to do");
        foreach (var f in shown) Tables.Row(table, f.Area, f.Name, f.Verdict == Verdict.Trouble ? "TROUBLE" : Text.Of(f.Verdict), f.Text, f.Remedy);
        if (shown.Count > 0) context.Console.Write(table);
        var (fine, trouble) = (findings.Count(f => f.Verdict == Verdict.Fine), findings.Count(f => f.Verdict == Verdict.Trouble));
        context.Output.WriteLine($"{findings.Length} checks: {fine} fine, {trouble} trouble{(all || fine == 0 ? "" : " (--all shows all)")}");
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true, Converters = [typeof(KebabCase<Verdict>)])]
[JsonSerializable(typeof(ImmutableArray<Finding>))]
internal sealed partial class DoctorJson : JsonSerializerContext;
