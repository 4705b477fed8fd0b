using System.Collections.Frozen;
using System.Collections.Immutable;
using ActorMirror.Domain.Addresses;
using ActorMirror.Import.Hocon;
using ActorMirror.Import.Reports;
using ActorMirror.Import.Syntax;
using ActorMirror.Import.Tmsh;

namespace ActorMirror.Import.BigIp;

/// <summary>What the readers of the kinds share.</summary>
internal sealed class Conversion(Catalog catalog, Draft draft, Report report)
{
    private static readonly FrozenSet<string> Bookkeeping = new[]
    {
        "app-service", "creation-time", "last-modified-time", "metadata", "partition", "vs-index", "creator", "address-status", "gtm-score",
    }.ToFrozenSet();

    private readonly Dictionary<string, Stanza> _profiles = First(catalog.All.Where(s => s.Kind.StartsWith("ltm profile ", StringComparison.Ordinal)), s => Paths.Absolute(s.Name));

    private readonly Dictionary<Address, Stanza> _virtualAddresses = First(
        catalog.Of("ltm virtual-address").Where(s => VirtualAddresses.AddressOf(s).Address is not null),
        s => VirtualAddresses.AddressOf(s).Address!.Value);

    public const string NotYet = "not yet supported by this version";

    public Catalog Catalog => catalog;

    public Draft Draft => draft;

    public Report Report => report;

    /// <summary>Addresses of the members of pools so far.</summary>
    public HashSet<Address> MemberAddresses { get; } = [];

    public Properties Open(Stanza stanza) => Open(stanza.Title, stanza.Place, stanza.Items);

    public Properties Open(string title, Place place, ImmutableArray<Item> items) => new(title, place, items, report, Bookkeeping);

    /// <summary>A profile of the files, of whatever type.</summary>
    public Stanza? Profile(string name) => _profiles.GetValueOrDefault(Paths.Absolute(name));

    /// <summary>Where a virtual server listens: an address, or the name of a virtual address.</summary>
    public TmshEndpoint DestinationOf(string text)
    {
        var destination = TmshEndpoint.Parse(text);
        if (destination.Address is not null) return destination;
        var named = catalog.Find("ltm virtual-address", text[..(text.LastIndexOf('/') + 1)] + destination.Host);
        return named is null ? destination : VirtualAddresses.AddressOf(named) with { Port = destination.Port };
    }

    /// <summary>What the files say of an address that virtual servers listen on.</summary>
    public Stanza? VirtualAddress(Address address) => _virtualAddresses.GetValueOrDefault(address);

    private static Dictionary<TKey, Stanza> First<TKey>(IEnumerable<Stanza> stanzas, Func<Stanza, TKey> key)
        where TKey : notnull
    {
        var found = new Dictionary<TKey, Stanza>();
        foreach (var stanza in stanzas) found.TryAdd(key(stanza), stanza);
        return found;
    }
}
