using System.Globalization;
using ActorMirror.Lab.Processes;
using ActorMirror.Lab.Runs;

namespace ActorMirror.Benchmarks.Machine;

/// <summary>
/// Room for many connections: <c>nf_conntrack_max</c> and the size of the hash table are the machine's, of all its namespaces together, and are put back at the
/// end. What was there before lies in a file meanwhile, so that the next benchmark puts it back where one was killed.
/// </summary>
internal sealed class ConntrackLimits : IDisposable
{
    private const string Maximum = "/proc/sys/net/netfilter/nf_conntrack_max";
    private const string Buckets = "/sys/module/nf_conntrack/parameters/hashsize";

    // An entry is 384 bytes of a slab (kernel 6.18), its extensions up to as much.
    private const long BytesOfEntry = 800;

    private ConntrackLimits()
    {
    }

    private static string Kept => Path.Combine(Run.Root, "conntrack-limits");

    /// <param name="perNamespace">Entries in one namespace.</param>
    /// <param name="namespaces">So many will hold them.</param>
    /// <exception cref="CommandException">The machine does not let us, or has too little memory; it says why.</exception>
    public static ConntrackLimits Raise(int perNamespace, int namespaces)
    {
        Restore();
        var needed = perNamespace * (long)namespaces * BytesOfEntry;
        var available = Available(File.ReadLines("/proc/meminfo"));
        if (needed > available)
            throw new CommandException($"{namespaces} tables of {perNamespace} connections take {needed >> 20} MiB of kernel memory, {available >> 20} MiB are available: ask for fewer with --connections");
        Directory.CreateDirectory(Run.Root);
        File.WriteAllText(Kept, $"{Read(Maximum)} {Read(Buckets)}");
        var limits = new ConntrackLimits();
        try
        {
            Write(Maximum, Math.Max(Read(Maximum), perNamespace + perNamespace / 4));
            Write(Buckets, Math.Max(Read(Buckets), perNamespace * (long)namespaces / 2));
            return limits;
        }
        catch
        {
            limits.Dispose();
            throw;
        }
    }

    public void Dispose() => Restore();

    /// <summary>Bytes, from <c>MemAvailable: N kB</c> (proc(5)).</summary>
    internal static long Available(IEnumerable<string> meminfo) => meminfo
        .Select(line => line.Split([':', ' '], StringSplitOptions.RemoveEmptyEntries))
        .Where(fields => fields[0] == "MemAvailable").Select(fields => long.Parse(fields[1], CultureInfo.InvariantCulture) * 1024).FirstOrDefault();

    private static void Restore()
    {
        if (!File.Exists(Kept)) return;
        var values = File.ReadAllText(Kept).Split(' ');
        if (values.Length == 2)
        {
            Write(Maximum, long.Parse(values[0], CultureInfo.InvariantCulture));
            Write(Buckets, long.Parse(values[1], CultureInfo.InvariantCulture));
        }

        File.Delete(Kept);
    }

    private static long Read(string path)
    {
        try
        {
            return long.Parse(File.ReadAllText(path), CultureInfo.InvariantCulture);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandException($"conntrack's limits cannot be read: {e.Message}");
        }
    }

    private static void Write(string path, long value)
    {
        if (Read(path) == value) return;
        try
        {
            File.WriteAllText(path, value.ToString(CultureInfo.InvariantCulture));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandException($"{path} cannot be set to {value}, which only the machine's first network namespace allows: {e.Message}; ask for fewer with --connections");
        }
    }
}
