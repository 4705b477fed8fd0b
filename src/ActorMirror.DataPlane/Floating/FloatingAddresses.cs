using System.Collections.Immutable;
using ActorMirror.DataPlane.FastL4;
using ActorMirror.Kernel.Addresses;
using ActorMirror.Kernel.Announcements;
using ActorMirror.Kernel.Namespaces;
using ActorMirror.Kernel.Neighbors;
using Microsoft.Extensions.Logging;

namespace ActorMirror.DataPlane.Floating;

/// <summary>
/// Brings a traffic group's addresses up and down and tells the neighbours. No failure of one address keeps the others from coming up
/// (law 5): what failed is logged and returned, and the caller tries again.
/// </summary>
public sealed class FloatingAddresses(NamespaceThread thread, ILogger log) : IDisposable
{
    private readonly InterfaceAddresses addresses = InterfaceAddresses.Open(thread);
    private readonly NeighborTable neighbors = NeighborTable.Open(thread);
    private readonly Dictionary<(string Interface, bool IsV4), IAnnouncer> announcers = [];
    private readonly Lock guard = new();

    /// <summary>
    /// Sockets are opened before they are needed: opening one costs a switch of namespaces, which a promotion does not wait for.
    /// </summary>
    public void Prepare(ImmutableArray<FloatingAddress> floating)
    {
        foreach (var address in floating.DistinctBy(KeyOf)) Announcer(address);
    }

    /// <returns>Whether every address is up.</returns>
    public bool Raise(IEnumerable<FloatingAddress> floating) =>
        ForEach(floating, "bring up", f => addresses.Set(f.Interface, f.Address.Value, f.PrefixLength, isSource: false));

    /// <summary>Also what still waits to be sent is dropped: the gate is shut by now, but it stands in front of that queue.</summary>
    /// <returns>Whether every address is gone.</returns>
    public bool Lower(IReadOnlyCollection<FloatingAddress> floating)
    {
        var gone = ForEach(floating, "take down", f => addresses.Remove(f.Interface, f.Address.Value, f.PrefixLength));
        var dropped = ForEach(floating.DistinctBy(f => f.Interface), "drop what waits behind", f => neighbors.ForgetUnresolved(f.Interface));
        return gone && dropped;
    }

    /// <summary>One round of gratuitous ARP or neighbour advertisement for each address; the caller repeats it (3 × 100 ms), frames get lost.</summary>
    public bool Announce(IEnumerable<FloatingAddress> floating) =>
        ForEach(floating, "announce", f => Announcer(f)?.Announce(f.Address.Value));

    public void Dispose()
    {
        addresses.Dispose();
        neighbors.Dispose();
        foreach (var announcer in announcers.Values) announcer.Dispose();
    }

    private bool ForEach(IEnumerable<FloatingAddress> floating, string what, Action<FloatingAddress> step)
    {
        var all = true;
        foreach (var address in floating)
        {
            try
            {
                step(address);
            }
            catch (Exception failure)
            {
                log.LogError(failure, "Cannot {What} {Address} on {Interface}", what, address.Address, address.Interface);
                all = false;
            }
        }

        return all;
    }

    private static (string Interface, bool IsV4) KeyOf(FloatingAddress address) => (address.Interface, address.Address.IsV4);

    private IAnnouncer? Announcer(FloatingAddress address)
    {
        lock (guard)
        {
            var (name, isV4) = KeyOf(address);
            if (announcers.TryGetValue((name, isV4), out var announcer)) return announcer;
            try
            {
                return announcers[(name, isV4)] = isV4 ? GratuitousArp.Open(thread, name) : NeighborAdvertiser.Open(thread, name);
            }
            catch (Exception failure)
            {
                log.LogError(failure, "Cannot announce {Address} on {Interface}", address.Address, name);
                return null;
            }
        }
    }
}
