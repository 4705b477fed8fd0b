using ActorMirror.Domain.Trust;

namespace ActorMirror.Trust;

/// <summary>
/// Where a device keeps its trust. Every file is replaced whole, so that a reader never sees half of one; secret ones are for their owner only.
/// </summary>
public sealed class TrustFiles(string stateDirectory)
{
    private const UnixFileMode Owner = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    public string Directory { get; } = Path.Combine(stateDirectory, "trust");

    /// <summary>The authority every device of the group trusts.</summary>
    public string AuthorityCertificate => Path.Combine(Directory, "ca.crt");

    /// <summary>On one device only; secret.</summary>
    public string AuthorityKey => Path.Combine(Directory, "ca.key");

    /// <summary>This device's certificate and its key, in one file so that they always fit; secret.</summary>
    public string Device => Path.Combine(Directory, "device.pem");

    /// <summary>The key of a request that is not answered yet; secret.</summary>
    public string RequestKey => Path.Combine(Directory, "request.key");

    /// <summary>Serial numbers of revoked certificates, one a line.</summary>
    public string Revoked => Path.Combine(Directory, "revoked");

    /// <summary>What the authority signed, one file a certificate: whoever revokes one finds its serial number here.</summary>
    public string Issued => Path.Combine(Directory, "issued");

    /// <exception cref="IOException">Not possible.</exception>
    public void Write(string file, string text, bool isSecret)
    {
        System.IO.Directory.CreateDirectory(Path.GetDirectoryName(file)!, Owner | UnixFileMode.UserExecute);
        var draft = file + ".new";
        File.Delete(draft); // a draft that was left behind could have another mode
        using (var stream = new FileStream(draft, new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            UnixCreateMode = isSecret ? Owner : Owner | UnixFileMode.GroupRead | UnixFileMode.OtherRead,
        }))
        using (var writer = new StreamWriter(stream))
        {
            writer.Write(text.TrimEnd('\n') + "\n");
            writer.Flush();
            stream.Flush(flushToDisk: true);
        }

        File.Move(draft, file, overwrite: true);
    }

    /// <summary>The revoked certificates as far as this device remembers; lines that are no serial number are left out.</summary>
    public IEnumerable<string> ReadRevoked() =>
        File.Exists(Revoked) ? File.ReadLines(Revoked).Select(Revocation.Normalize).OfType<string>().Take(Revocation.Most) : [];

    public void WriteRevoked(IEnumerable<string> serials) => Write(Revoked, string.Join('\n', serials), isSecret: false);
}
