using ActorMirror.Domain.MirrorProtocol;

namespace ActorMirror.Domain.Connections;

/// <content>Who waits in which order: for the mirror's acknowledgement, or for an age.</content>
public sealed partial class ConnectionTable
{
    private const int NoChain = 0;
    private const int PendingChain = 1;

    private readonly List<Chain> chains = [new Chain(default), new Chain(default)]; // 0 is none

    /// <summary>
    /// Mirrors what has become old enough, in no more steps than the destination is long; returns how many changes were written.
    /// </summary>
    /// <param name="isMore">There is more that is old enough.</param>
    public int Ripen(Span<MirrorChange> destination, out bool isMore)
    {
        var (written, steps) = (0, destination.Length);
        for (var chain = PendingChain + 1; chain < chains.Count; chain++)
        {
            while (chains[chain].Oldest is var slot and not Nowhere && Now - Since(slot) >= chains[chain].Age)
            {
                if (steps-- == 0)
                {
                    isMore = true;
                    return written;
                }

                if (!entries.Record(slot).IsOpen) Unlink(slot); // it ends by itself
                else if (!streaming || TakeRoom(slot)) Stamp(slot, destination, ref written);
            }
        }

        isMore = false;
        return written;
    }

    /// <summary>The chain of an age; ages come from the configuration, so there are few.</summary>
    private int ChainOf(TimeSpan age)
    {
        for (var chain = PendingChain + 1; chain < chains.Count; chain++)
        {
            if (chains[chain].Age == age) return chain;
        }

        chains.Add(new Chain(age));
        return chains.Count - 1;
    }

    private void Link(int slot, int to)
    {
        var chain = chains[to];
        ref var entry = ref entries[slot];
        (entry.Chain, entry.Previous, entry.Next) = ((ushort)to, chain.Newest, Nowhere);
        if (chain.Newest == Nowhere) chain.Oldest = slot;
        else entries[chain.Newest].Next = slot;
        chain.Newest = slot;
    }

    private void Unlink(int slot)
    {
        ref var entry = ref entries[slot];
        if (entry.Chain == NoChain) return;
        var chain = chains[entry.Chain];
        if (entry.Previous == Nowhere) chain.Oldest = entry.Next;
        else entries[entry.Previous].Next = entry.Next;
        if (entry.Next == Nowhere) chain.Newest = entry.Previous;
        else entries[entry.Next].Previous = entry.Previous;
        (entry.Chain, entry.Previous, entry.Next) = (NoChain, Nowhere, Nowhere);
    }

    /// <summary>Slots in an order.</summary>
    private sealed class Chain(TimeSpan age)
    {
        /// <summary>What those in it wait for; not of the pending ones.</summary>
        public TimeSpan Age => age;

        public int Oldest { get; set; } = Nowhere;

        public int Newest { get; set; } = Nowhere;
    }
}
