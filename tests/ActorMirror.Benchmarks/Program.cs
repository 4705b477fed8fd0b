using System.CommandLine;
using System.Runtime.Versioning;
using ActorMirror.Benchmarks;
using ActorMirror.Benchmarks.Load;

[assembly: SupportedOSPlatform("linux")]

var root = BenchmarkCommand.Build();
root.Add(LoadCommands.Build());
return await root.Parse(args).InvokeAsync();
