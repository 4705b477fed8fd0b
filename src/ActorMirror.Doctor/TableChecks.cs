using System.Globalization;
using ActorMirror.Domain.Devices;
using ActorMirror.Kernel.Conntrack;

namespace ActorMirror.Doctor;

/// <summary>Whether the kernel's connection table has the room that the configuration promises.</summary>
internal static class TableChecks
{
    private const string BucketsFile = "/proc/sys/net/netfilter/nf_conntrack_buckets";

    // A chain of more entries than that is what every packet walks.
    private const int LongChain = 4;

    public static IEnumerable<Finding> Run(DeviceGroupModel model)
    {
        using var thread = Examination.DataPlaneOf(model);
        if (thread is null)
        {
            yield return new Finding("tables", "nf_conntrack", Verdict.Skipped, "the data plane's network namespace is not there yet");
            yield break;
        }

        using var table = thread.Run(ConntrackTable.Open);
        var (entries, maximum) = table.Usage();
        foreach (var finding in Judge(model.Mirroring.MaximumConnections, model.TrafficGroups.Length, entries, maximum, Buckets())) yield return finding;
    }

    /// <param name="promised">Room for mirrored connections of one traffic group.</param>
    /// <param name="maximum">0: the kernel has no limit.</param>
    /// <param name="buckets">Null: not known.</param>
    internal static IEnumerable<Finding> Judge(int promised, int groups, long entries, long maximum, long? buckets)
    {
        var all = (long)promised * groups;
        if (maximum > 0 && entries >= maximum * 0.8)
        {
            yield return new Finding(
                "tables", "nf_conntrack_max", Verdict.Trouble, $"{entries} of {maximum} entries are taken: beyond that new connections are dropped",
                $"on the host: sysctl -w net.netfilter.nf_conntrack_max={Math.Max(2 * maximum, all)}, and in /etc/sysctl.d");
        }
        else if (maximum > 0 && maximum < all)
        {
            yield return new Finding(
                "tables", "nf_conntrack_max", Verdict.Advice,
                $"the kernel holds {maximum} entries, and {groups} traffic groups may mirror {promised} connections each: beyond it connections are not protected",
                $"on the host: sysctl -w net.netfilter.nf_conntrack_max={all}, and in /etc/sysctl.d; or lower mirroring.max-connections");
        }
        else
        {
            yield return new Finding("tables", "nf_conntrack_max", Verdict.Fine, maximum == 0 ? "there is no limit" : $"{entries} of {maximum} entries are taken");
        }

        if (buckets is not { } known) yield break;
        yield return maximum > known * LongChain
            ? new Finding(
                "tables", "nf_conntrack_buckets", Verdict.Advice, $"{known} buckets for {maximum} entries: a full table makes every packet slow",
                $"on the host: sysctl -w net.netfilter.nf_conntrack_buckets={maximum / LongChain}")
            : new Finding("tables", "nf_conntrack_buckets", Verdict.Fine, $"{known} buckets");
    }

    /// <summary>One table of all namespaces; shown in the host's only.</summary>
    private static long? Buckets() =>
        File.Exists(BucketsFile) && long.TryParse(File.ReadAllText(BucketsFile), CultureInfo.InvariantCulture, out var buckets) ? buckets : null;
}
