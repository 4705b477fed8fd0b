using ActorMirror.Cli;
using Spectre.Console;

// For a pipe or a file: no colours, and no line is broken to fit a window that is not there.
var console = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = Console.IsOutputRedirected ? AnsiSupport.No : AnsiSupport.Detect });
if (Console.IsOutputRedirected) console.Profile.Width = 300;
return await AmctlCommand.Create(console, Console.Out, Console.Error).Parse(args).InvokeAsync();
