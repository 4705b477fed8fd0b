using System.Buffers.Text;
using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using ActorMirror.Management.Contracts;

namespace ActorMirror.Management.Tokens;

/// <summary>
/// The tokens of this device: who may ask it over the network, and for what. Only their hashes are kept, in a file that is replaced whole; a token is
/// shown once, when it is made. Each device has its own. Safe from any thread.
/// </summary>
public sealed class TokenStore
{
    /// <summary>More than one for each program and person that needs one.</summary>
    public const int Most = 256;

    private const string Begin = "amt_";

    // Of randomness: nobody can try them all, so a plain hash, which costs nothing to compare, keeps them as well as a slow one.
    private const int SecretBytes = 32;

    private static readonly int Length = Begin.Length + Base64Url.GetEncodedLength(SecretBytes);

    private readonly string file;
    private readonly TimeProvider time;
    private readonly Lock changing = new();
    private readonly string? problem;
    private volatile ImmutableSortedDictionary<string, KeptToken> tokens = ImmutableSortedDictionary<string, KeptToken>.Empty;

    /// <param name="file">Where they are kept; a file that cannot be read lets nobody in, and is not overwritten.</param>
    public TokenStore(string file, TimeProvider time)
    {
        (this.file, this.time) = (file, time);
        try
        {
            if (!File.Exists(file)) return;
            var kept = JsonSerializer.Deserialize(File.ReadAllBytes(file), TokenJson.Default.ImmutableArrayKeptToken);
            tokens = kept.ToImmutableSortedDictionary(t => t.Name, t => t, StringComparer.Ordinal);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException or ArgumentException or InvalidOperationException or NullReferenceException)
        {
            problem = $"{file} cannot be read ({e.Message}): correct it, or remove it and make new tokens, and restart the daemon";
        }
    }

    /// <summary>In the order of their names.</summary>
    public ImmutableArray<TokenReport> All =>
        [.. tokens.Values.Select(t => new TokenReport(t.Name, t.Role, t.CreatedAt, t.ExpiresAt, t.ExpiresAt <= time.GetUtcNow()))];

    /// <returns>The token itself: it cannot be had again.</returns>
    /// <exception cref="DeviceCommandException">The name is no name or taken, there are too many, or the file cannot be written.</exception>
    public NewToken Create(TokenRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (request.Name is not { Length: > 0 and <= 64 } name || !name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' or '@'))
            throw new DeviceCommandException(CommandFailure.Malformed, "a token's name has 1 to 64 characters a-z, A-Z, 0-9, '-', '_', '.', '@'");
        if (!Enum.IsDefined(request.Role)) throw new DeviceCommandException(CommandFailure.Malformed, "a token's role is viewer, operator or admin");
        if (request.Days is < 1 or > 3650) throw new DeviceCommandException(CommandFailure.Malformed, "a token lives from 1 to 3650 days");
        var secret = Begin + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(SecretBytes));
        var now = time.GetUtcNow();
        var made = new KeptToken(name, request.Role, Convert.ToHexStringLower(Hash(secret)), now, request.Days is { } days ? now.AddDays(days) : null);
        lock (changing)
        {
            if (tokens.ContainsKey(name)) throw new DeviceCommandException(CommandFailure.Conflict, $"there is a token '{name}' already: revoke it first, or take another name");
            if (tokens.Count >= Most) throw new DeviceCommandException(CommandFailure.Conflict, $"there are {Most} tokens, as many as there may be: revoke those that are not used");
            Keep(tokens.Add(name, made));
        }

        return new NewToken(name, request.Role, secret, made.ExpiresAt);
    }

    /// <exception cref="DeviceCommandException">There is none of this name, or the file cannot be written.</exception>
    public void Revoke(string name)
    {
        lock (changing)
        {
            if (!tokens.ContainsKey(name)) throw new DeviceCommandException(CommandFailure.NotFound, $"there is no token '{name}'");
            Keep(tokens.Remove(name));
        }
    }

    /// <summary>Whose token it is; null: nobody's, or it has ended. Takes the same time for each that is wrong.</summary>
    public TokenReport? Find(string? presented)
    {
        if (presented is null || presented.Length != Length) return null;
        var hash = Hash(presented);
        KeptToken? found = null;
        foreach (var token in tokens.Values)
        {
            if (CryptographicOperations.FixedTimeEquals(hash, Convert.FromHexString(token.Sha256))) found = token;
        }

        return found is { } known && !(known.ExpiresAt <= time.GetUtcNow()) ? new TokenReport(known.Name, known.Role, known.CreatedAt, known.ExpiresAt, IsExpired: false) : null;
    }

    private static byte[] Hash(string secret) => SHA256.HashData(Encoding.UTF8.GetBytes(secret));

    /// <summary>On the disk first: what was revoked does not come back with a restart.</summary>
    private void Keep(ImmutableSortedDictionary<string, KeptToken> next)
    {
        if (problem is not null) throw new DeviceCommandException(CommandFailure.Conflict, problem);
        try
        {
            var draft = file + ".new";
            File.Delete(draft); // one that was left behind could have another mode
            using (var stream = new FileStream(draft, new FileStreamOptions
            {
                Mode = FileMode.CreateNew,
                Access = FileAccess.Write,
                UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
            }))
            {
                JsonSerializer.Serialize(stream, [.. next.Values], TokenJson.Default.ImmutableArrayKeptToken);
                stream.Flush(flushToDisk: true);
            }

            File.Move(draft, file, overwrite: true);
            tokens = next;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new DeviceCommandException(CommandFailure.Unavailable, $"{file} cannot be written: {e.Message}");
        }
    }
}
