using System.CommandLine;
using System.Runtime.Versioning;
using ActorMirror.Lab.Commands;

[assembly: SupportedOSPlatform("linux")]

return await new RootCommand("ActorMirror's laboratory: networks of namespaces, byte-exact traffic, faults, reports.")
{
    RunCommands.Run(),
    RunCommands.Demo(),
    HouseCommands.Leftovers(),
    HouseCommands.Clean(),
    HouseCommands.Reap(),
    TrafficCommands.Build(),
}.Parse(args).InvokeAsync();
