using ActorMirror.Domain.Devices;

namespace ActorMirror.Cluster.Corosync.Daemon;

/// <summary>The directory of one device's corosync.</summary>
internal sealed class CorosyncFiles
{
    private readonly DeviceGroupModel _model;
    private readonly string _directory;
    private readonly string _text;

    public CorosyncFiles(DeviceGroupModel model, string directory)
    {
        _model = model;
        _directory = Path.Combine(Path.GetFullPath(directory), "corosync");
        _text = CorosyncConfiguration.Write(model, State, Log);
    }

    public string Configuration => Path.Combine(_directory, "corosync.conf");

    public string Log => Path.Combine(_directory, "corosync.log");

    /// <summary>Whether the file there is the one that would be written.</summary>
    public bool IsUnchanged => File.Exists(Configuration) && File.ReadAllText(Configuration) == _text;

    private string State => Path.Combine(_directory, "state");

    private string Run => Path.Combine(_directory, "corosync.run");

    /// <exception cref="ClusterEngineException">corosync is not installed.</exception>
    public static string FindProgram()
    {
        // Debian's place first: PATH of a service or of sudo often lacks the sbin directories.
        string[] directories = ["/usr/sbin", "/usr/local/sbin", .. (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries)];
        return directories.Select(directory => Path.Combine(directory, "corosync")).FirstOrDefault(File.Exists)
            ?? throw new ClusterEngineException(
                "corosync is not installed: apt-get install corosync (and systemctl disable --now corosync: the daemon starts its own).");
    }

    /// <exception cref="ClusterEngineException">The key file is missing or has the wrong size.</exception>
    public void Write()
    {
        CheckKey();
        Directory.CreateDirectory(State, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);

        // Never half a file: a supervisor may be killed while it writes.
        var fresh = Configuration + ".new";
        File.WriteAllText(fresh, _text);
        File.Move(fresh, Configuration, overwrite: true);
    }

    public void RememberRun(int processId)
    {
        if (DaemonRun.TryFind(processId, out var run))
            File.WriteAllText(Run, run.ToString());
    }

    public void ForgetRun() => File.Delete(Run);

    /// <summary>The daemon an earlier supervisor has started from this directory, if it lives.</summary>
    public bool TryFindRunning(out DaemonRun run) => DaemonRun.TryReadLiving(Run, out run) && run.IsCorosyncWith(Configuration);

    public string EndOfLog() => File.Exists(Log) ? string.Join('\n', File.ReadLines(Log).TakeLast(5)) : "(no log: see the daemon's standard error)";

    private void CheckKey()
    {
        if (_model.Cluster.KeyFile is not { } key)
            return;
        const int Shortest = 128, Longest = 4096; // totemconfig.c, TOTEM_PRIVATE_KEY_LEN_MIN and _MAX
        var length = File.Exists(key) ? new FileInfo(key).Length : 0;
        if (length is < Shortest or > Longest)
        {
            throw new ClusterEngineException(
                $"The cluster key {key} is missing or not {Shortest} to {Longest} bytes long. Make one with corosync-keygen -k {key} and copy it to every device.");
        }
    }
}
