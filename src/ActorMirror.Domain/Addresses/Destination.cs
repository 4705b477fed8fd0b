using System.Globalization;

namespace ActorMirror.Domain.Addresses;

/// <summary>
/// What a virtual server listens on: an address or a network, and a port or any. Text form: <c>10.0.0.1:80</c>, <c>10.50.0.0/16:*</c>,
/// <c>[2001:db8::]/32:443</c>; <c>0</c> is any port, too.
/// </summary>
/// <param name="Network">An address has a prefix of full length.</param>
/// <param name="Port">0 is any.</param>
public readonly record struct Destination(Prefix Network, ushort Port)
{
    public Address Address => Network.Address;

    /// <summary>One address and not a network.</summary>
    public bool IsHost => Network.Length == Address.Bits;

    public bool IsAnyPort => Port == 0;

    /// <summary>False also where a network has a bit set beyond its length.</summary>
    public static bool TryParse(string? text, out Destination destination)
    {
        destination = default;
        var colon = text?.LastIndexOf(':') ?? -1;
        if (colon < 0 || !TryParsePort(text![(colon + 1)..], out var port)) return false;
        var (host, length) = text[..colon].Split('/') is [var left, var right] ? (left, right) : (text[..colon], null);
        var bracketed = host is ['[', .., ']'];
        if (!Address.TryParse(bracketed ? host[1..^1] : host, out var address) || address.IsV4 == bracketed) return false;
        var network = new Prefix(address, address.Bits);
        if (length is not null && !Prefix.TryParse($"{address}/{length}", out network)) return false;
        destination = new Destination(network, port);
        return network.First == address;
    }

    public override string ToString()
    {
        var host = Address.IsV4 ? $"{Address}" : $"[{Address}]";
        var length = IsHost ? "" : $"/{Network.Length}";
        return $"{host}{length}:{(IsAnyPort ? "*" : Port.ToString(CultureInfo.InvariantCulture))}";
    }

    private static bool TryParsePort(string text, out ushort port)
    {
        port = 0;
        return text == "*" || ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out port);
    }
}
