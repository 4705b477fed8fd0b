using System.Text.RegularExpressions;

namespace ActorMirror.Kernel.Nftables;

/// <summary>
/// nftables refused a transaction; nothing of it was applied. The message is the library's own text, which quotes the offending line;
/// <see cref="Commands"/> is the whole transaction.
/// </summary>
public sealed partial class NftablesException(string libraryText, string commands)
    : IOException(libraryText.Length == 0 ? "nftables refused the commands without saying why" : FileName().Replace(libraryText, "line ").TrimEnd())
{
    public string Commands { get; } = commands;

    [GeneratedRegex("^/proc/self/fd/[0-9]+:", RegexOptions.Multiline, 1000)]
    private static partial Regex FileName();
}
