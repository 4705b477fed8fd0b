using ActorMirror.Cluster.Corosync.Daemon;
using ActorMirror.Domain.Devices;

namespace ActorMirror.Doctor;

/// <summary>What has to be installed beside the daemon.</summary>
internal static class PackageChecks
{
    public static IEnumerable<Finding> Run(DeviceGroupModel model)
    {
        if (model.Cluster.Engine != ClusterEngineKind.Corosync) return [new Finding("packages", "corosync", Verdict.Fine, "the standalone engine needs none")];
        var missing = CorosyncInstallation.Missing().ToList();
        return
        [
            .. missing.Select(sentence => new Finding("packages", "corosync", Verdict.Trouble, sentence, "apt-get install corosync libcpg4 libquorum5 libcmap4")),
            .. missing.Count == 0 ? (Finding[])[new Finding("packages", "corosync", Verdict.Fine, "corosync and its libraries are installed")] : [],
            Key(model.Cluster.KeyFile),
        ];
    }

    private static Finding Key(string? file)
    {
        if (file is null)
        {
            return new Finding(
                "packages", "corosync's key", Verdict.Advice, "cluster traffic is neither encrypted nor authenticated",
                "make a key with corosync-keygen, copy it to every device, and name it in cluster.key-file");
        }

        // corosync.conf(5): the key has 128 to 4096 bytes.
        return new FileInfo(file) switch
        {
            { Exists: false } => new Finding("packages", "corosync's key", Verdict.Trouble, $"{file} does not exist", "copy it from another device, or make it with corosync-keygen"),
            { Length: < 128 or > 4096 } key => new Finding("packages", "corosync's key", Verdict.Trouble, $"{file} has {key.Length} bytes, not 128 to 4096", "copy it from another device"),
            _ when (File.GetUnixFileMode(file) & (UnixFileMode.OtherRead | UnixFileMode.OtherWrite)) != UnixFileMode.None =>
                new Finding("packages", "corosync's key", Verdict.Advice, $"{file} is open to every user of this host", $"chmod 400 {file}"),
            _ => new Finding("packages", "corosync's key", Verdict.Fine, $"{file} is there"),
        };
    }
}
