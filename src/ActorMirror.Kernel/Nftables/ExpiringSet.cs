using System.Text;

namespace ActorMirror.Kernel.Nftables;

/// <summary>A set of the ruleset, by family (ip, ip6, inet, arp), table and name.</summary>
public readonly record struct NftablesSet(string Family, string Table, string Name)
{
    public override string ToString() => $"{Family} {Table} {Name}";
}

/// <summary>
/// Marks that the kernel forgets by itself, to the millisecond, unless they are set again in time: sets declared as
/// <c>set NAME { type mark; flags timeout; }</c>. The same mark can live in sets of several families and is renewed in all of them at once.
/// </summary>
public sealed class ExpiringSet
{
    private readonly NftablesContext _context;
    private readonly NftablesSet[] _sets;

    public ExpiringSet(NftablesContext context, params NftablesSet[] sets)
    {
        if (sets is not [_, ..]) throw new ArgumentException("at least one set is needed", nameof(sets));
        _context = context;
        _sets = sets;
    }

    /// <summary>Sets the marks, absent or live, to expire after the time from now on. One transaction, about 0.3 ms.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The time is under a millisecond.</exception>
    /// <exception cref="NftablesException">A set does not exist, or has no timeout flag.</exception>
    public void Set(ReadOnlySpan<uint> marks, TimeSpan expiresAfter)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(expiresAfter, TimeSpan.FromMilliseconds(1));
        if (marks.IsEmpty) return;
        var plain = Elements(marks, "");
        var timed = Elements(marks, $" timeout {(long)expiresAfter.TotalMilliseconds}ms");
        var commands = new StringBuilder();
        // A live element's timeout cannot be changed before Linux 6.12, and deleting an absent element aborts the transaction:
        // so it is added (nothing happens if it lives), deleted, and added anew. No packet sees the state in between.
        foreach (var set in _sets)
        {
            commands.Append("add element ").Append(set).Append(plain)
                .Append("delete element ").Append(set).Append(plain)
                .Append("add element ").Append(set).Append(timed);
        }

        _context.Run(commands.ToString());
    }

    /// <summary>Forgets the marks now. Absent is fine.</summary>
    /// <exception cref="NftablesException">A set does not exist.</exception>
    public void Remove(ReadOnlySpan<uint> marks)
    {
        if (marks.IsEmpty) return;
        var plain = Elements(marks, "");
        var commands = new StringBuilder();
        foreach (var set in _sets)
            commands.Append("add element ").Append(set).Append(plain).Append("delete element ").Append(set).Append(plain);
        _context.Run(commands.ToString());
    }

    private static string Elements(ReadOnlySpan<uint> marks, string option)
    {
        var text = new StringBuilder(" { ");
        for (var i = 0; i < marks.Length; i++) text.Append(i == 0 ? "" : ", ").Append($"0x{marks[i]:x8}").Append(option);
        return text.Append(" };").ToString();
    }
}
