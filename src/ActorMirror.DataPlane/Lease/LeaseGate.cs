using ActorMirror.DataPlane.FastL4;
using ActorMirror.Domain.Connections;
using ActorMirror.Kernel.Namespaces;
using ActorMirror.Kernel.Nftables;

namespace ActorMirror.DataPlane.Lease;

/// <summary>The gate of every traffic group: closed unless someone keeps it open.</summary>
public interface ILeaseGate
{
    /// <summary>Opens the gates, or keeps them open, for this long from now.</summary>
    /// <param name="groups">Numbers of traffic groups.</param>
    /// <exception cref="NftablesException">The ruleset is not loaded.</exception>
    void Open(ReadOnlySpan<int> groups, TimeSpan lifetime);

    /// <summary>Shut already is fine.</summary>
    /// <exception cref="NftablesException">The ruleset is not loaded.</exception>
    void Shut(int group);
}

/// <summary>
/// The gate of every traffic group, in the kernel: an element that the kernel itself forgets when the lease is over, whatever user space
/// does meanwhile. It has an nftables context of its own, so that no ruleset change stands in front of a renewal.
/// </summary>
public sealed class LeaseGate : ILeaseGate, IDisposable
{
    private readonly NftablesContext nft;
    private readonly ExpiringSet gate;

    public LeaseGate(NamespaceThread thread)
    {
        nft = NftablesContext.Open(thread);
        gate = new ExpiringSet(nft, [.. Ruleset.GatedFamilies.Select(family => new NftablesSet(family, Ruleset.Table, Ruleset.LeaseSet))]);
    }

    public void Open(ReadOnlySpan<int> groups, TimeSpan lifetime)
    {
        if (groups.IsEmpty) return;
        Span<uint> marks = stackalloc uint[groups.Length];
        for (var i = 0; i < groups.Length; i++) marks[i] = FlowMark.GroupBits(groups[i]);
        gate.Set(marks, lifetime);
    }

    public void Shut(int group) => gate.Remove([FlowMark.GroupBits(group)]);

    public void Dispose() => nft.Dispose();
}
