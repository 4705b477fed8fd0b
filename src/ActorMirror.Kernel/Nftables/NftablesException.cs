namespace ActorMirror.Kernel.Nftables;

/// <summary>
/// nftables refused a transaction; nothing of it was applied. The message is the library's own text, which quotes the offending command;
/// <see cref="Commands"/> is the whole transaction.
/// </summary>
public sealed class NftablesException(string text, string commands) : IOException(text)
{
    public string Commands { get; } = commands;
}
