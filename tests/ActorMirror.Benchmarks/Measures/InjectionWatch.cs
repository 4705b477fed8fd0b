using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using ActorMirror.Lab.Processes;
using ActorMirror.Lab.Runs;
using ActorMirror.Lab.Traffic;

namespace ActorMirror.Benchmarks.Measures;

/// <summary>When each TCP connection entered a device's kernel table, as conntrack(8) hears it there.</summary>
internal sealed partial class InjectionWatch : IDisposable
{
    private readonly HostProcess _process;
    private readonly Dictionary<string, long> _injectedAt = [];
    private readonly Lock _guard = new();

    // conntrack stamps with the wall clock, the client with the monotonic one; over a minute they do not drift apart by a millisecond.
    private readonly long _wallToMonotonic = Monotonic.Now - (TimeProvider.System.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks * TimeSpan.NanosecondsPerTick;

    private InjectionWatch(HostProcess process)
    {
        _process = process;
        _ = Task.Run(ReadAsync);
    }

    public static InjectionWatch Start(Run run, string networkNamespace)
    {
        var process = HostProcess.Start(
            networkNamespace, "injections", ["nice", "-n", "-15", "conntrack", "-E", "-e", "NEW", "-p", "tcp", "-o", "timestamp", "-b", "8388608"], run.Directory, pipes: true);
        run.Note(process.Identity);
        return new InjectionWatch(process);
    }

    public int Count
    {
        get
        {
            lock (_guard) return _injectedAt.Count;
        }
    }

    /// <param name="client">address:port of the client's socket.</param>
    /// <returns>Monotonic nanoseconds; null: not seen.</returns>
    public long? InjectedAt(string client)
    {
        lock (_guard) return _injectedAt.TryGetValue(client, out var at) ? at : null;
    }

    public void Dispose()
    {
        _process.Identity.Send(Signal.Kill);
        _process.Dispose();
    }

    private async Task ReadAsync()
    {
        while (await _process.Output.ReadLineAsync() is { } line)
        {
            if (Event().Match(line) is not { Success: true } match) continue;
            var stamp = (long)(decimal.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture) * Monotonic.Second);
            var client = new IPEndPoint(IPAddress.Parse(match.Groups[2].Value), int.Parse(match.Groups[3].Value, CultureInfo.InvariantCulture));
            lock (_guard) _injectedAt.TryAdd(client.ToString(), stamp + _wallToMonotonic);
        }
    }

    /// <summary>The original direction comes first in a line.</summary>
    [GeneratedRegex(@"^\[(\d+\.\d+)\s*\].*?src=(\S+) dst=\S+ sport=(\d+)")]
    private static partial Regex Event();
}
