using System.Globalization;
using ActorMirror.Domain.Addresses;

namespace ActorMirror.Import.BigIp;

/// <summary>
/// The ends of tmsh: <c>/Common/10.0.0.1:80</c>, <c>10.0.0.1%10:http</c>, <c>2001:db8::1.443</c>, <c>/Common/node:any</c>. IPv6 is told from
/// IPv4 and names by its second colon; its port follows a dot.
/// </summary>
/// <param name="Host">An address or a name, without folder and route domain.</param>
/// <param name="RouteDomain">0 when none is written.</param>
/// <param name="Port">As written; empty when there is none.</param>
internal readonly record struct TmshEndpoint(string Host, string RouteDomain, string Port)
{
    public static TmshEndpoint Parse(string text)
    {
        var end = Paths.Last(text);
        var colon = end.IndexOf(':', StringComparison.Ordinal);
        var isV6 = end.StartsWith("any6", StringComparison.Ordinal) || (colon >= 0 && end.IndexOf(':', colon + 1) >= 0);
        var at = isV6 ? end.LastIndexOf('.') : colon;
        var host = at < 0 ? end : end[..at];
        var percent = host.IndexOf('%', StringComparison.Ordinal);
        return new TmshEndpoint(
            percent < 0 ? host : host[..percent], percent < 0 || host[(percent + 1)..] is "" or "0" ? "0" : host[(percent + 1)..], at < 0 ? "" : end[(at + 1)..]);
    }

    /// <summary>A host without a port.</summary>
    public static TmshEndpoint OfHost(string text) => Parse(text + (text.Contains(':', StringComparison.Ordinal) || text.StartsWith("any6", StringComparison.Ordinal) ? ".0" : ":0"));

    public bool IsInRouteDomain => RouteDomain != "0";

    /// <summary>That of any address is 0.0.0.0 or ::; null for names.</summary>
    public Address? Address => Domain.Addresses.Address.TryParse(Host switch { "any" => "0.0.0.0", "any6" => "::", _ => Host }, out var address) ? address : null;

    public bool IsAnyAddress => Host is "any" or "any6" or "0.0.0.0" or "::";

    public bool IsAnyPort => Port is "" or "any" or "*" or "0";

    /// <summary>The port as a number; null for a name that is not known.</summary>
    public ushort? PortNumber => ServiceNames.TryParse(Port, out var port) ? port : null;

    /// <summary>An address with a route domain inside and a prefix length: <c>10.0.0.1%2/24</c>.</summary>
    public static (string Text, bool IsInRouteDomain) Prefix(string text)
    {
        var (percent, slash) = (text.IndexOf('%', StringComparison.Ordinal), text.IndexOf('/', StringComparison.Ordinal));
        if (percent < 0) return (text, false);
        var domain = slash > percent ? text[(percent + 1)..slash] : text[(percent + 1)..];
        return (text[..percent] + (slash > percent ? text[slash..] : ""), domain is not ("" or "0"));
    }

    /// <summary>An address or a network, with or without its length, as a network: without the bits beyond the length. Null when it is none.</summary>
    public static Prefix? Network(string text)
    {
        var plain = Prefix(text).Text;
        var (host, length) = plain.Split('/') is [var left, var right] ? (left, right) : (plain, null);
        if (OfHost(host) is not { Address: { } address } end) return null;
        var bits = length is null ? end.IsAnyAddress ? 0 : address.Bits : MaskLength(length);
        return bits is { } given && given <= address.Bits ? new Prefix(new Prefix(address, given).First, given) : null;
    }

    /// <summary>Prefix length of a mask such as 255.255.255.0 or ffff::; null when it is none.</summary>
    public static int? MaskLength(string mask)
    {
        if (int.TryParse(mask, NumberStyles.None, CultureInfo.InvariantCulture, out var length)) return length;
        if (!Domain.Addresses.Address.TryParse(mask, out var address)) return mask is "any" or "any6" ? 0 : null;
        var bits = address.IsV4 ? (UInt128)address.V4 << 96 : address.Value;
        var ones = (int)UInt128.LeadingZeroCount(~bits);
        return ones == 128 || bits << ones == 0 ? ones : null;
    }
}
