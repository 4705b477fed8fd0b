using System.Collections.Immutable;
using System.CommandLine;
using ActorMirror.Cli.Output;
using ActorMirror.Import.BigIp;
using ActorMirror.Import.Keepalived;
using ActorMirror.Import.Reports;
using ActorMirror.Import.Syntax;

namespace ActorMirror.Cli.Commands;

/// <summary>
/// <c>import bigip | keepalived</c>: writes a configuration that <c>config check</c> finds fine, and says on standard error what of the files is not
/// in it. Exit code 0: all is; 1: something was left out or assumed; 2: a file cannot be read or written.
/// </summary>
internal static class ImportCommands
{
    public static Command Create(CommandContext context) => new("import", "Configurations of other load balancers.") { BigIp(context), Keepalived(context) };

    private static Command BigIp(CommandContext context)
    {
        var files = new Argument<string[]>("files")
        {
            Description = "bigip.conf, bigip_base.conf, and partitions/*/bigip.conf; all of one device at once.",
            HelpName = "FILE",
            Arity = ArgumentArity.OneOrMore,
        };
        var (target, command) = (Target(), new Command("bigip", "Reads files of a BIG-IP: amctl import bigip bigip.conf bigip_base.conf --out FILE.") { files });
        command.Add(target);
        command.SetAction(parsed => Run(context, parsed, target, parsed.GetRequiredValue(files), BigIpImporter.Import));
        return command;
    }

    private static Command Keepalived(CommandContext context)
    {
        var file = new Argument<string>("file") { Description = "keepalived.conf of one host.", HelpName = "FILE" };
        var (target, command) = (Target(), new Command("keepalived", "Reads a file of keepalived: amctl import keepalived keepalived.conf --out FILE.") { file });
        command.Add(target);
        command.SetAction(parsed => Run(context, parsed, target, [parsed.GetRequiredValue(file)], files => KeepalivedImporter.Import(files[0])));
        return command;
    }

    private static Option<string?> Target() => new("--out") { Description = "Where the configuration is written instead of to standard output.", HelpName = "FILE" };

    private static int Run(CommandContext context, ParseResult parsed, Option<string?> target, string[] files, Func<ImmutableArray<SourceFile>, ImportResult> import)
    {
        try
        {
            var result = import([.. files.Select(f => new SourceFile(f, ConfigurationText.Read(f)))]);
            if (parsed.GetValue(target) is { } path) File.WriteAllText(path, result.Hocon);
            else context.Output.Write(result.Hocon);
            ImportReport.Write(result, parsed.GetValue(context.Json), context.Error);
            return result.IsComplete ? AmctlCommand.Done : AmctlCommand.Refused;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException or InvalidDataException)
        {
            context.Error.WriteLine(exception.Message);
            return AmctlCommand.Unreachable;
        }
    }
}
