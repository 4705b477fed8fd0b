using System.Globalization;

namespace ActorMirror.Lab.Processes;

/// <summary>
/// The machine's processors, divided: the first for clients and servers, the others for devices. They stand for machines of their own; where they share
/// processors, each message also wakes another processor, which on a virtual machine costs more than the message, and its wait is measured as a gap.
/// </summary>
/// <param name="Traffic">The first processor, as taskset(1) names it; null: not divided.</param>
/// <param name="Devices">The others.</param>
internal sealed record ProcessorSplit(string? Traffic, string? Devices)
{
    /// <summary>Nothing is divided.</summary>
    public static readonly ProcessorSplit None = new(null, null);

    /// <summary>Of the processors this process may use; <see cref="None"/> when that is only one.</summary>
    public static ProcessorSplit OfThisMachine() =>
        Of(File.ReadLines("/proc/self/status").First(l => l.StartsWith("Cpus_allowed_list:", StringComparison.Ordinal)).Split(':')[1].Trim());

    /// <param name="allowed">A list as cpuset(7) writes it: <c>0-3,8</c>.</param>
    public static ProcessorSplit Of(string allowed)
    {
        List<int> processors = [];
        foreach (var range in allowed.Split(','))
        {
            var ends = Array.ConvertAll(range.Split('-'), e => int.Parse(e, CultureInfo.InvariantCulture));
            for (var i = ends[0]; i <= ends[^1]; i++) processors.Add(i);
        }

        return processors.Count < 2 ? None : new ProcessorSplit($"{processors[0]}", string.Join(',', processors.Skip(1)));
    }
}
