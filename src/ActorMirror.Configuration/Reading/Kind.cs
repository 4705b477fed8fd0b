using System.Globalization;
using ActorMirror.Configuration.Hocon;
using ActorMirror.Domain.Addresses;
using ActorMirror.Domain.VirtualServers;

namespace ActorMirror.Configuration.Reading;

internal delegate bool TryParse<T>(string text, out T value);

/// <summary>A kind of scalar setting: how its text is read, and what is expected, in words.</summary>
/// <param name="Expected">Completes "must be ..."; the key's comment in reference.conf says the same words.</param>
internal sealed record Kind<T>(string Expected, TryParse<T> TryParse);

internal static class Kinds
{
    /// <summary>The name of an object: it becomes part of nftables identifiers and of namespace and file names.</summary>
    public const int MaximumNameLength = 31;

    public static readonly Kind<string> Name = new($"a name of 1 to {MaximumNameLength} characters a-z, 0-9, '-', '_'", Check(IsName));

    /// <summary>The name of an object defined elsewhere; whether it exists is checked later.</summary>
    public static readonly Kind<string> Reference = new("a name", Check(text => text.Length > 0));

    public static readonly Kind<string> Interface = new("an interface name of 1 to 15 characters without '/' and blanks", Check(IsInterface));

    public static readonly Kind<string> Path = new("an absolute path", Check(text => text.StartsWith('/') && !text.Contains('\0', StringComparison.Ordinal)));

    public static readonly Kind<string> Namespace = new(
        "'host' or the name of a network namespace of 1 to 64 characters a-z, A-Z, 0-9, '-', '_', '.'",
        Check(text => text.Length is > 0 and <= 64 && text is not ("." or "..") && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.')));

    public static readonly Kind<string> HostName = new("a host name", Check(IsHostName));

    public static readonly Kind<Address> Address = new("an IPv4 or IPv6 address", IsAddress);

    public static readonly Kind<Prefix> Prefix = new("an IPv4 or IPv6 address with its subnet length, ADDRESS/LENGTH", IsPrefix);

    public static readonly Kind<Prefix> Network = new("an IPv4 or IPv6 address, or a network, ADDRESS/LENGTH with no bit set beyond LENGTH", IsNetwork);

    public static readonly Kind<Endpoint> Endpoint = new("an IPv4 or IPv6 address and a port from 1 to 65535, \"ADDRESS:PORT\" or \"[ADDRESS]:PORT\"", IsEndpoint);

    public static readonly Kind<Destination> Destination = new(
        "an IPv4 or IPv6 address, or a network with no bit set beyond LENGTH, and a port from 1 to 65535 or * for any, \"ADDRESS:PORT\", \"ADDRESS/LENGTH:PORT\", \"[ADDRESS]:PORT\" or \"[ADDRESS]/LENGTH:PORT\"", IsDestination);

    public static readonly Kind<TranslationConfig> SnatOfServer = new("none | automap | pool NAME", IsSnatOfServer);

    public static readonly Kind<TranslationConfig> Translation = new("automap, 'pool NAME', or an IPv4 or IPv6 address", IsTranslation);

    public static readonly Kind<MirrorChoice> Mirror = Choice(("on", MirrorChoice.AtOnce), ("off", MirrorChoice.Off)) with
    {
        Expected = "on | off | { after-age = a duration from 1s to 1d, after-bytes = a size in bytes from 1 to 1TB } or one of the two",
    };

    public static readonly Kind<TimeSpan> FailbackDelay = Duration("0s", "300s");

    /// <summary>Of the word on alone, as on a BIG-IP.</summary>
    public static readonly Kind<TimeSpan?> Failback = Choice(("on", (TimeSpan?)TimeSpan.FromSeconds(60)), ("off", null)) with
    {
        Expected = "on | off | { delay = a duration from 0s to 300s }",
    };

    public static readonly Kind<bool> Switch = new("on or off", IsSwitch);

    public static Kind<int> Integer(int minimum, int maximum) => new(
        $"an integer from {minimum} to {maximum}",
        (string text, out int value) => int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value)
            && value >= minimum && value <= maximum);

    public static Kind<TimeSpan> Duration(string minimum, string maximum)
    {
        if (!HoconUnits.TryParseDuration(minimum, out var low) || !HoconUnits.TryParseDuration(maximum, out var high))
            throw new FormatException($"'{minimum}' or '{maximum}' is no duration");
        return new Kind<TimeSpan>(
            $"a duration from {minimum} to {maximum}",
            (string text, out TimeSpan value) => HoconUnits.TryParseDuration(text, out value) && value >= low && value <= high);
    }

    public static Kind<long> Size(string minimum, string maximum)
    {
        if (!HoconUnits.TryParseSize(minimum, out var low) || !HoconUnits.TryParseSize(maximum, out var high))
            throw new FormatException($"'{minimum}' or '{maximum}' is no size");
        return new Kind<long>(
            $"a size in bytes from {minimum} to {maximum}",
            (string text, out long value) => HoconUnits.TryParseSize(text, out value) && value >= low && value <= high);
    }

    public static Kind<T> Choice<T>(params (string Word, T Value)[] choices) => new(
        string.Join(" | ", choices.Select(c => c.Word)),
        (string text, out T value) =>
        {
            var index = Array.FindIndex(choices, c => c.Word == text);
            value = index < 0 ? default! : choices[index].Value;
            return index >= 0;
        });

    public static bool IsName(string text) =>
        text.Length is > 0 and <= MaximumNameLength && text.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '-' or '_');

    private static TryParse<string> Check(Func<string, bool> isValid) => (string text, out string value) =>
    {
        value = text;
        return isValid(text);
    };

    // The kernel's dev_valid_name(): shorter than IFNAMSIZ (16), not "." or "..", no '/', ':' or white space.
    private static bool IsInterface(string text) =>
        text.Length is > 0 and <= 15 && text is not ("." or "..") && !text.Any(c => c is '/' or ':' or < '!' or > '~');

    // RFC 1123, 2.1; compared without regard to case.
    private static bool IsHostName(string text) =>
        text.Length is > 0 and <= 253 && text.Split('.').All(label => label.Length is > 0 and <= 63 && label.All(c => char.IsAsciiLetterOrDigit(c) || c is '-'));

    private static bool IsAddress(string text, out Address value) => Domain.Addresses.Address.TryParse(text, out value) && !IsMapped(text, value);

    private static bool IsPrefix(string text, out Prefix value) =>
        Domain.Addresses.Prefix.TryParse(text, out value) && value.Length > 0 && !IsMapped(text, value.Address);

    private static bool IsNetwork(string text, out Prefix value)
    {
        if (IsAddress(text, out var address))
        {
            value = new Prefix(address, address.Bits);
            return true;
        }

        return Domain.Addresses.Prefix.TryParse(text, out value) && !IsMapped(text, value.Address) && value.First == value.Address;
    }

    private static bool IsSnatOfServer(string text, out TranslationConfig value)
    {
        value = text switch
        {
            "none" => TranslationConfig.None,
            "automap" => TranslationConfig.Automap,
            _ when text.Split(' ') is ["pool", { Length: > 0 } pool] => new TranslationConfig(SnatMode.Pool, Pool: pool),
            _ => null!,
        };
        return value is not null;
    }

    private static bool IsTranslation(string text, out TranslationConfig value)
    {
        if (IsSnatOfServer(text, out value)) return value.Mode != SnatMode.None;
        if (!IsAddress(text, out var address)) return false;
        value = new TranslationConfig(SnatMode.Address, address);
        return true;
    }

    private static bool IsDestination(string text, out Destination value) =>
        Domain.Addresses.Destination.TryParse(text, out value) && !(value.Address.IsV4 && text.Contains('[', StringComparison.Ordinal));

    private static bool IsEndpoint(string text, out Endpoint value) => Domain.Addresses.Endpoint.TryParse(text, out value) && value.Port > 0;

    /// <summary>::ffff:10.0.0.1 is neither: no packet has such an address, and within this program it is 10.0.0.1.</summary>
    private static bool IsMapped(string text, Address value) => value.IsV4 && text.Contains(':', StringComparison.Ordinal);

    private static bool IsSwitch(string text, out bool value)
    {
        value = text is "on" or "true" or "yes";
        return value || text is "off" or "false" or "no";
    }
}
