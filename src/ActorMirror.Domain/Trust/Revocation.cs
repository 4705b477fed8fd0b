using System.Collections.Immutable;

namespace ActorMirror.Domain.Trust;

/// <summary>Serial numbers of certificates that are trusted no more. The set only grows, so that two of them merge without a question.</summary>
public static class Revocation
{
    public static readonly ImmutableSortedSet<string> Nothing = ImmutableSortedSet.Create<string>(StringComparer.Ordinal);

    /// <summary>They travel in one message when a device joins; a group that revoked more needs a new authority.</summary>
    public const int Most = 256;

    /// <summary>RFC 5280, 4.1.2.2: a serial number has up to 20 octets.</summary>
    private const int LongestSerial = 40;

    /// <summary>As it is kept: hexadecimal digits in lower case; null: that is no serial number.</summary>
    public static string? Normalize(string serial)
    {
        ArgumentNullException.ThrowIfNull(serial);
        var digits = serial.Replace(":", "", StringComparison.Ordinal).ToLowerInvariant();
        return digits.Length is > 0 and <= LongestSerial && digits.All(char.IsAsciiHexDigit) ? digits : null;
    }

    /// <summary>The union; null: it would be larger than <see cref="Most"/>.</summary>
    public static ImmutableSortedSet<string>? TryAdd(ImmutableSortedSet<string> known, IEnumerable<string> serials)
    {
        ArgumentNullException.ThrowIfNull(known);
        var all = known.Union(serials.Select(Normalize).OfType<string>());
        return all.Count <= Most ? all : null;
    }
}
