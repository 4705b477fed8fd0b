using System.Globalization;
using ActorMirror.Lab.Processes;

namespace ActorMirror.Benchmarks.Machine;

/// <summary>
/// Processor time of a set of processes by a control group, to the nanosecond (cgroup v1, cpuacct) or microsecond (v2, cpu.stat), where /proc/PID/stat counts clock
/// ticks. Without CONFIG_IRQ_TIME_ACCOUNTING the kernel charges a softirq to the task it interrupts: what the network costs is in the figure of whoever sends.
/// </summary>
internal sealed class CpuAccount : IDisposable
{
    private readonly CpuHierarchy _hierarchy;
    private readonly string _directory;

    public CpuAccount(string name)
    {
        _hierarchy = CpuHierarchy.OfThisMachine();
        _directory = Path.Combine(_hierarchy.Root, $"ambench-{Environment.ProcessId}-{name}");
        Directory.CreateDirectory(_directory);
    }

    public TimeSpan Usage => _hierarchy.Usage(_directory);

    /// <summary>Everything that runs on the machine.</summary>
    public TimeSpan UsageOfMachine => _hierarchy.Usage(_hierarchy.Root);

    /// <summary>Whole processes; what they start later belongs to them.</summary>
    public void Add(IEnumerable<ProcessIdentity> processes)
    {
        foreach (var process in processes.Where(p => p.IsAlive)) File.WriteAllText(Path.Combine(_directory, "cgroup.procs"), $"{process.Id}");
    }

    /// <summary>The processes go back to where the others are.</summary>
    public void Dispose()
    {
        try
        {
            foreach (var process in File.ReadAllLines(Path.Combine(_directory, "cgroup.procs")))
                File.WriteAllText(Path.Combine(_hierarchy.Root, "cgroup.procs"), process);
            Directory.Delete(_directory);
        }
        catch (IOException)
        {
            // One ended meanwhile; an empty group costs nothing.
        }
    }
}

/// <summary>Where processor time is accounted.</summary>
/// <param name="Root">The mount point.</param>
internal sealed record CpuHierarchy(string Root, bool IsV2)
{
    /// <exception cref="CommandException">No control groups.</exception>
    public static CpuHierarchy OfThisMachine() =>
        Of(File.ReadAllLines("/proc/mounts")) ?? throw new CommandException("processor time is measured by control groups, and neither cpuacct nor cgroup2 is mounted");

    /// <param name="mounts">Lines of /proc/mounts: device, place, type, options.</param>
    public static CpuHierarchy? Of(IEnumerable<string> mounts)
    {
        var all = mounts.Select(m => m.Split(' ')).Where(m => m.Length > 3).ToList();
        return all.Where(m => m[2] == "cgroup" && m[3].Split(',').Contains("cpuacct")).Select(m => new CpuHierarchy(m[1], IsV2: false)).FirstOrDefault()
            ?? all.Where(m => m[2] == "cgroup2").Select(m => new CpuHierarchy(m[1], IsV2: true)).FirstOrDefault();
    }

    public TimeSpan Usage(string directory) => IsV2
        ? FromStat(File.ReadAllText(Path.Combine(directory, "cpu.stat")))
        : FromAccount(File.ReadAllText(Path.Combine(directory, "cpuacct.usage")));

    /// <summary>Nanoseconds (cgroup-v1/cpuacct.rst).</summary>
    internal static TimeSpan FromAccount(string text) => TimeSpan.FromTicks(long.Parse(text, CultureInfo.InvariantCulture) / TimeSpan.NanosecondsPerTick);

    /// <summary>Microseconds after <c>usage_usec</c> (cgroup-v2.rst).</summary>
    internal static TimeSpan FromStat(string text) => TimeSpan.FromMicroseconds(text.Split('\n').Select(l => l.Split(' '))
        .Where(f => f[0] == "usage_usec").Select(f => long.Parse(f[1], CultureInfo.InvariantCulture)).Single());
}
