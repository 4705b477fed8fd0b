using System.Globalization;
using System.Text.RegularExpressions;
using ActorMirror.Domain.Addresses;
using ActorMirror.Kernel.Namespaces;
using ActorMirror.Kernel.Nftables;

namespace ActorMirror.DataPlane.FastL4;

/// <summary>
/// The packets that arrived for each floating address, whether this device's lease let them in or not. It has an nftables context of its own, so that no
/// promotion waits for a listing.
/// </summary>
public sealed partial class ArrivalCounters(NamespaceThread thread) : IDisposable
{
    private readonly NftablesContext nft = NftablesContext.Open(thread);

    /// <exception cref="NftablesException">The ruleset of these services is not loaded.</exception>
    public IReadOnlyDictionary<Address, long> Read(ServiceTable services)
    {
        ArgumentNullException.ThrowIfNull(services);
        return services.Floating.Select(f => Family.Of(f.Address)).Distinct()
            .SelectMany(family => Elements().Matches(nft.QueryText($"list set {family.Name} {Ruleset.Table} {Ruleset.FloatingSet}")))
            .ToDictionary(
                match => Address.TryParse(match.Groups["address"].Value, out var address) ? address : throw new FormatException(match.Value),
                match => long.Parse(match.Groups["packets"].Value, CultureInfo.InvariantCulture));
    }

    public void Dispose() => nft.Dispose();

    [GeneratedRegex("(?<address>[0-9a-f.:]+) counter packets (?<packets>[0-9]+)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Elements();
}
