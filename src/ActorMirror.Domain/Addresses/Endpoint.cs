namespace ActorMirror.Domain.Addresses;

/// <summary>An address and a port. Text form as in URLs: <c>10.0.0.1:80</c>, <c>[2001:db8::1]:80</c>.</summary>
public readonly record struct Endpoint(Address Address, ushort Port)
{
    public static bool TryParse(string? text, out Endpoint endpoint)
    {
        endpoint = default;
        var colon = text?.LastIndexOf(':') ?? -1;
        if (colon < 0 || !ushort.TryParse(text.AsSpan(colon + 1), out var port)) return false;
        var host = text![..colon];
        var bracketed = host is ['[', .., ']'];
        if (bracketed) host = host[1..^1];
        if (!Address.TryParse(host, out var address) || address.IsV4 == bracketed) return false;
        endpoint = new Endpoint(address, port);
        return true;
    }

    /// <exception cref="FormatException">The text is no endpoint.</exception>
    public static Endpoint Parse(string text) =>
        TryParse(text, out var endpoint) ? endpoint : throw new FormatException($"'{text}' is not ADDRESS:PORT");

    public override string ToString() => Address.IsV4 ? $"{Address}:{Port}" : $"[{Address}]:{Port}";
}
