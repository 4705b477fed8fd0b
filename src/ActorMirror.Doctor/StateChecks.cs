namespace ActorMirror.Doctor;

/// <summary>Where the journal, the trust and corosync keep what outlives a restart.</summary>
internal static class StateChecks
{
    // The journal's largest and corosync's logs; below that a full disk is near.
    private const long Room = 256L << 20;

    public static IEnumerable<Finding> Run(string directory)
    {
        if (!Directory.Exists(directory)) return [new Finding("state", "directory", Verdict.Advice, $"{directory} does not exist yet; the daemon makes it at its start")];
        return [Writable(directory), Space(directory)];
    }

    private static Finding Writable(string directory)
    {
        var probe = Path.Combine(directory, $".doctor-{Environment.ProcessId}");
        try
        {
            File.WriteAllText(probe, "");
            File.Delete(probe);
            return new Finding("state", "directory", Verdict.Fine, $"{directory} can be written");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new Finding("state", "directory", Verdict.Trouble, $"{directory} cannot be written: {e.Message}", "see its owner and its file system; traffic goes on without it, its history does not");
        }
    }

    private static Finding Space(string directory)
    {
        var free = new DriveInfo(directory).AvailableFreeSpace;
        return free < Room
            ? new Finding("state", "space", Verdict.Advice, $"{free >> 20} MiB are free in {directory}", "make room before the journal has none")
            : new Finding("state", "space", Verdict.Fine, $"{free >> 20} MiB are free");
    }
}
