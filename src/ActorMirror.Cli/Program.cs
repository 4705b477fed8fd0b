using ActorMirror.Cli;
using Spectre.Console;

return await AmctlCommand.Create(AnsiConsole.Console, Console.Out, Console.Error).Parse(args).InvokeAsync();
