using ActorMirror.Domain.Addresses;

namespace ActorMirror.Domain.Connections;

/// <summary>A connection as people name it: <c>tcp 10.10.0.10:40000 10.10.0.100:5000</c>, or <c>10.10.0.10:40000 -> 10.10.0.100:5000</c>.</summary>
/// <param name="Protocol">Null: either.</param>
public sealed record FlowQuestion(TransportProtocol? Protocol, Endpoint Client, Endpoint Destination)
{
    public const string Form = "[tcp|udp] CLIENT:PORT [->] VIRTUAL:PORT";

    private static readonly string[] s_arrows = ["->", ">", "→", "to"];

    public IEnumerable<FlowKey> Keys => new[] { TransportProtocol.Tcp, TransportProtocol.Udp }
        .Where(p => Protocol is null || Protocol == p)
        .Select(p => new FlowKey(p, Client, Destination));

    /// <param name="problem">What is wrong with the text, and what is right; null when nothing is.</param>
    public static FlowQuestion? Parse(string text, out string? problem)
    {
        ArgumentNullException.ThrowIfNull(text);
        var words = text.Split([' ', '\t', ','], StringSplitOptions.RemoveEmptyEntries).Where(w => !s_arrows.Contains(w)).ToList();
        TransportProtocol? protocol = words.Count > 0 ? words[0].ToLowerInvariant() switch
        {
            "tcp" => TransportProtocol.Tcp,
            "udp" => TransportProtocol.Udp,
            _ => null,
        } : null;
        if (protocol is not null) words.RemoveAt(0);
        var wrong = words.FirstOrDefault(w => !Endpoint.TryParse(w, out _));
        problem = (wrong, words.Count) switch
        {
            ({ } word, _) => $"'{word}' is no address with a port (10.10.0.10:40000, [2001:db8::10]:40000); a connection is named {Form}",
            (null, 2) => null,
            (null, var count) => $"{count} address{(count == 1 ? "" : "es")} with a port where two are needed; a connection is named {Form}",
        };
        if (problem is not null) return null;
        var (client, destination) = (Endpoint.Parse(words[0]), Endpoint.Parse(words[1]));
        if (client.Address.IsV4 != destination.Address.IsV4) problem = $"{client} and {destination} are not of one family";
        return problem is null ? new FlowQuestion(protocol, client, destination) : null;
    }

    public override string ToString() => $"{(Protocol?.ToString().ToLowerInvariant() is { } word ? word + " " : "")}{Client} > {Destination}";
}
