using System.Text;

namespace ActorMirror.Cli.Commands;

/// <summary>Files that are to be imported. Archives are refused with what to do.</summary>
internal static class ConfigurationText
{
    /// <summary>More than any configuration has; a whole device's is a few MB.</summary>
    private const long MaximumBytes = 256L << 20;

    /// <exception cref="InvalidDataException">The file is no text.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read.</exception>
    public static string Read(string path)
    {
        using var stream = File.OpenRead(path);
        if (stream.Length > MaximumBytes) throw new InvalidDataException($"{path}: the file is larger than {MaximumBytes >> 20} MiB");
        using var memory = new MemoryStream();
        stream.CopyTo(memory);
        var bytes = memory.ToArray();
        return bytes switch
        {
            [0x1f, 0x8b, ..] => throw new InvalidDataException($"{path}: a compressed archive, such as a UCS: unpack it (tar xzf) and name config/*.conf and config/partitions/*/*.conf"),
            [(byte)'S', (byte)'a', (byte)'l', (byte)'t', (byte)'e', (byte)'d', (byte)'_', (byte)'_', ..] or [0x85 or 0x8c, ..] =>
                throw new InvalidDataException($"{path}: an encrypted archive: decrypt and unpack it, and name config/*.conf"),
            _ => Encoding.UTF8.GetString(bytes),
        };
    }
}
