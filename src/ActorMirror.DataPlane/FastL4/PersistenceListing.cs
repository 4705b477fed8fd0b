using System.Globalization;
using System.Text.RegularExpressions;
using ActorMirror.Domain.Addresses;
using ActorMirror.Domain.Connections;

namespace ActorMirror.DataPlane.FastL4;

/// <summary>An element of a persistence map.</summary>
/// <param name="Timeout">Null: a packet added it, and the table has not written it yet.</param>
/// <param name="Expires">What is left of its lifetime, as of the listing.</param>
public readonly record struct PersistenceElement(Address Client, FlowMark Mark, TimeSpan? Timeout, TimeSpan Expires);

/// <summary>The text of <c>nft list map</c>, whose times are in milliseconds (those of its JSON are in seconds).</summary>
public static partial class PersistenceListing
{
    public static IEnumerable<PersistenceElement> Parse(string listing) => Elements().Matches(listing).Select(match => new PersistenceElement(
        Address.Parse(match.Groups["client"].Value),
        new FlowMark(uint.Parse(match.Groups["mark"].ValueSpan, NumberStyles.HexNumber, CultureInfo.InvariantCulture)),
        match.Groups["timeout"] is { Success: true, Value: var timeout } ? Duration(timeout) : null,
        Duration(match.Groups["expires"].Value)));

    /// <summary>As nft prints it: <c>6d23h59m59s996ms</c>.</summary>
    private static TimeSpan Duration(string text) => Parts().Matches(text).Aggregate(TimeSpan.Zero, (sum, part) =>
        sum + (long.Parse(part.Groups["number"].ValueSpan, CultureInfo.InvariantCulture) * part.Groups["unit"].Value switch
        {
            "d" => TimeSpan.FromDays(1),
            "h" => TimeSpan.FromHours(1),
            "m" => TimeSpan.FromMinutes(1),
            "s" => TimeSpan.FromSeconds(1),
            _ => TimeSpan.FromMilliseconds(1),
        }));

    [GeneratedRegex("(?<client>[0-9a-f.:]+)(?: timeout (?<timeout>[0-9dhms]+))? expires (?<expires>[0-9dhms]+) : 0x(?<mark>[0-9a-f]+)", RegexOptions.ExplicitCapture, 10_000)]
    private static partial Regex Elements();

    [GeneratedRegex("(?<number>[0-9]+)(?<unit>ms|d|h|m|s)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Parts();
}
