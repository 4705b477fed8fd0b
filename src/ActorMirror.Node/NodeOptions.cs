namespace ActorMirror.Node;

/// <summary>What the command line says; the same for supervisor and worker.</summary>
/// <param name="Config">The HOCON file.</param>
/// <param name="Device">Overrides the file's <c>actormirror.device</c>, so that all devices can share one file.</param>
/// <param name="StateDirectory">What outlives a restart: journal, corosync's state.</param>
/// <param name="RunDirectory">What does not: pid files, the control socket.</param>
/// <param name="AllowFaults">Lets operators kill actors, for tests.</param>
internal sealed record NodeOptions(string Config, string? Device, string StateDirectory, string RunDirectory, bool AllowFaults)
{
    public string PidFile(string process) => Path.Combine(RunDirectory, process + ".pid");

    public string Journal(string device) => Path.Combine(StateDirectory, device + ".journal");

    public string Socket(string device) => Path.Combine(RunDirectory, device + ".sock");

    public string Tokens(string device) => Path.Combine(StateDirectory, device + ".tokens");

    /// <summary>
    /// Present while no other device could take over: then a dead worker does not take the data plane with it, it forwards on.
    /// </summary>
    public string AloneFile => Path.Combine(RunDirectory, "alone");

    /// <summary>What was changed in a network namespace that is shared with the host.</summary>
    public string HostChangesFile => Path.Combine(RunDirectory, "host-changes");

    /// <summary>The worker's signs of life.</summary>
    public string LifeSignFile => Path.Combine(RunDirectory, "worker.alive");

    public string[] Arguments() =>
    [
        "--config", Config, "--state-dir", StateDirectory, "--run-dir", RunDirectory,
        .. Device is null ? Array.Empty<string>() : ["--device", Device],
        .. AllowFaults ? ["--allow-faults"] : Array.Empty<string>(),
    ];
}
