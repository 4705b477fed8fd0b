using System.Text;
using ActorMirror.Domain.Addresses;
using ActorMirror.Domain.Connections;
using ActorMirror.Domain.Persistence;
using ActorMirror.Kernel.Namespaces;
using ActorMirror.Kernel.Nftables;

namespace ActorMirror.DataPlane.FastL4;

/// <summary>
/// The persistence maps in the kernel, as their writer sees them. It has an nftables context of its own, so that neither a promotion nor a lease waits for a
/// transaction of many elements.
/// </summary>
public sealed class PersistenceMaps(NamespaceThread thread) : IDisposable
{
    /// <summary>Elements of one transaction: it takes a few milliseconds, which a renewal of the lease may have to wait for in the kernel.</summary>
    public const int ElementsAtOnce = 512;

    // An element may expire between the listing and the deletion that names it, which then refuses the whole transaction.
    private const int Attempts = 3;

    private readonly NftablesContext nft = NftablesContext.Open(thread);

    /// <summary>
    /// Writes records: from now on they live as long as they say. What a map holds otherwise than was told (a packet chose a member meanwhile) is found by listing it.
    /// </summary>
    /// <exception cref="NftablesException">Refused; the ruleset of these virtual servers is not loaded, or there is no room.</exception>
    public void Apply(ReadOnlySpan<PersistenceChange> changes)
    {
        var latest = new Dictionary<PersistenceKey, PersistenceChange>();
        for (var i = 0; i < changes.Length; i++)
        {
            ref readonly var change = ref changes[i];
            var former = latest.TryGetValue(change.Record.Key, out var earlier) ? earlier.Former : change.Former;
            latest[change.Record.Key] = change with { Former = former };
            if (latest.Count < ElementsAtOnce && i < changes.Length - 1) continue;
            Write(latest.Values);
            latest.Clear();
        }
    }

    /// <summary>What the map of a scope holds.</summary>
    /// <exception cref="NftablesException">It is not loaded.</exception>
    public List<PersistenceElement> Read(PersistenceScope scope)
    {
        ArgumentNullException.ThrowIfNull(scope);
        return [.. Families(scope).SelectMany(family => List(family, scope.Number))];
    }

    /// <summary>
    /// Commands that take the members' elements out of their scope's maps, for the transaction by which a member leaves the choice. One that a packet adds in between is
    /// of no account: who is not up is not returned to.
    /// </summary>
    public string Without(PersistenceScope scope, Func<FlowMark, bool> isOfThese)
    {
        ArgumentNullException.ThrowIfNull(scope);
        ArgumentNullException.ThrowIfNull(isOfThese);
        var text = new StringBuilder();
        foreach (var family in Families(scope))
            Element(text, "delete", family, scope.Number, List(family, scope.Number).Where(e => isOfThese(e.Mark)).Select(e => e.Client.ToString()));
        return text.ToString();
    }

    /// <summary>Nothing is left: another device has these clients.</summary>
    public void Forget(IEnumerable<PersistenceScope> scopes)
    {
        ArgumentNullException.ThrowIfNull(scopes);
        var text = string.Concat(scopes.SelectMany(s => Families(s).Select(f => $"flush map {f.Name} {Ruleset.Table} {Ruleset.PersistenceMap(s.Number)}\n")));
        if (text.Length > 0) nft.Run(text);
    }

    public void Dispose() => nft.Dispose();

    private void Write(IReadOnlyCollection<PersistenceChange> changes)
    {
        var maps = changes.GroupBy(c => (Family: Family.Of(c.Record.Key.Value), c.Record.Key.Scope)).ToList();
        try
        {
            var text = new StringBuilder();
            foreach (var map in maps) Replace(text, map.Key.Family, map.Key.Scope, map);
            nft.Run(text.ToString());
        }
        catch (NftablesException)
        {
            for (var attempt = 1; !TryWriteWhatDiffers(maps, isLast: attempt == Attempts); attempt++)
            {
            }
        }
    }

    /// <summary>
    /// As the lease's elements (<see cref="ExpiringSet"/>): a live element's lifetime cannot be changed before Linux 6.12, and an absent one cannot be deleted, so each is
    /// added, deleted and added anew. No packet sees the state in between. One that has another mark than was told makes the first addition fail.
    /// </summary>
    private static void Replace(StringBuilder text, Family family, int scope, IEnumerable<PersistenceChange> changes)
    {
        var all = changes.ToList();
        Element(text, "add", family, scope, all.Select(c => $"{c.Record.Key.Value} : {(c.Former == default ? c.Record.Mark : c.Former)}"));
        Element(text, "delete", family, scope, all.Select(c => c.Record.Key.Value.ToString()));
        Element(text, "add", family, scope, all.Where(c => !c.IsGone).Select(Timed));
    }

    private bool TryWriteWhatDiffers(IEnumerable<IGrouping<(Family Family, int Scope), PersistenceChange>> maps, bool isLast)
    {
        var text = new StringBuilder();
        foreach (var map in maps)
        {
            var (family, scope) = map.Key;
            var present = List(family, scope).Select(e => e.Client).ToHashSet();
            Element(text, "delete", family, scope, map.Where(c => present.Contains(c.Record.Key.Value)).Select(c => c.Record.Key.Value.ToString()));
            Element(text, "add", family, scope, map.Where(c => !c.IsGone).Select(Timed));
        }

        try
        {
            if (text.Length > 0) nft.Run(text.ToString());
            return true;
        }
        catch (NftablesException) when (!isLast)
        {
            return false;
        }
    }

    private static string Timed(PersistenceChange change)
    {
        var expires = Math.Max(1, (long)change.Record.Remaining.TotalMilliseconds);
        return $"{change.Record.Key.Value} timeout {Math.Max(expires, (long)change.Record.Timeout.TotalMilliseconds)}ms expires {expires}ms : {change.Record.Mark}";
    }

    private static void Element(StringBuilder text, string verb, Family family, int scope, IEnumerable<string> elements)
    {
        var joined = string.Join(", ", elements);
        if (joined.Length > 0) text.Append($"{verb} element {family.Name} {Ruleset.Table} {Ruleset.PersistenceMap(scope)} {{ {joined} }}\n");
    }

    private static IEnumerable<Family> Families(PersistenceScope scope) => Family.Both.Where(family => scope.Services.Any(s => s.Has(family)));

    private IEnumerable<PersistenceElement> List(Family family, int scope) =>
        PersistenceListing.Parse(nft.QueryText($"list map {family.Name} {Ruleset.Table} {Ruleset.PersistenceMap(scope)}"));
}
