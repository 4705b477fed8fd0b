using System.Globalization;

namespace ActorMirror.Cluster.Corosync.Daemon;

/// <summary>
/// libqb keeps each connection between corosync and a client in /dev/shm/qb-SERVER-CLIENT-N-RANDOM, and a killed process leaves it
/// there. What both ends of are dead is deleted; nothing else is touched.
/// </summary>
public static class LeakedSharedMemory
{
    /// <param name="directory">Where to look; /dev/shm but for tests.</param>
    /// <returns>The paths that were deleted.</returns>
    public static IReadOnlyList<string> Delete(string directory = "/dev/shm")
    {
        var deleted = new List<string>();
        if (!Directory.Exists(directory))
            return deleted;
        foreach (var path in Directory.EnumerateFileSystemEntries(directory, "qb-*"))
        {
            if (!IsLeaked(Path.GetFileName(path)))
                continue;
            try
            {
                if (Directory.Exists(path))
                    Directory.Delete(path, recursive: true);
                else
                    File.Delete(path);
                deleted.Add(path);
            }
            catch (IOException)
            {
                // Another supervisor of this machine was faster.
            }
        }

        return deleted;
    }

    /// <summary>
    /// Two forms: directories qb-SERVER-CLIENT-N-RANDOM (libqb 2, and the flat files of libqb 1), and the log buffers of corosync itself,
    /// qb-corosync-PID-blackbox-….
    /// </summary>
    private static bool IsLeaked(string name) => name.Split('-') switch
    {
        ["qb", var server, var client, ..] when TryProcess(server, out var first) && TryProcess(client, out var second) => IsDead(first) && IsDead(second),
        ["qb", "corosync", var process, ..] when TryProcess(process, out var id) => IsDead(id),
        _ => false,
    };

    private static bool TryProcess(string text, out int id) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out id);

    private static bool IsDead(int processId) => !DaemonRun.TryFind(processId, out _);
}
