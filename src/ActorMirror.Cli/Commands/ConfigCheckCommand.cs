using System.CommandLine;
using ActorMirror.Configuration;

namespace ActorMirror.Cli.Commands;

/// <summary><c>config check FILE</c>: all problems at once. Exit code 0: it would start, 1: errors, 2: it cannot be read.</summary>
internal static class ConfigCheckCommand
{
    public static Command Create(CommandContext context)
    {
        var file = new Argument<string>("file") { Description = "The configuration file; includes are looked up beside it.", HelpName = "FILE" };
        var command = new Command("check", "Says everything that is wrong with a configuration file.") { file };
        command.SetAction(parsed =>
        {
            var result = ConfigurationLoader.Load(parsed.GetValue(file)!);
            if (parsed.GetValue(context.Json))
            {
                context.Output.WriteLine(ConfigurationReport.ToJson(result.Problems));
            }
            else
            {
                foreach (var problem in result.Problems) context.Error.WriteLine(problem);
                if (!result.HasErrors) context.Output.WriteLine($"{parsed.GetValue(file)}: fine");
            }

            return ConfigurationReport.ExitCode(result);
        });
        return command;
    }
}
