using System.Globalization;
using ActorMirror.Lab.Processes;

namespace ActorMirror.Benchmarks.Machine;

/// <summary>Memory of a process.</summary>
internal static class ProcessMemory
{
    /// <summary>Bytes that are its own, resident and backed by no file: heap, stacks.</summary>
    public static long Anonymous(ProcessIdentity process) => Anonymous(File.ReadLines($"/proc/{process.Id}/status"));

    /// <param name="status">Lines of /proc/PID/status; <c>RssAnon: N kB</c> (proc(5)).</param>
    internal static long Anonymous(IEnumerable<string> status) => status.Select(l => l.Split([':', '\t', ' '], StringSplitOptions.RemoveEmptyEntries))
        .Where(f => f[0] == "RssAnon").Select(f => long.Parse(f[1], CultureInfo.InvariantCulture) * 1024).Single();
}
