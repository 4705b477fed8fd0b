using System.Net;
using System.Net.Sockets;

namespace ActorMirror.Management.Http;

/// <summary>
/// Counts tokens that were refused, by the network address they came from, and says when an address has to wait. Bounded: when too many addresses fail at
/// once, those that are not known yet share one count.
/// </summary>
internal sealed class FailureThrottle(TimeProvider time)
{
    public const int Most = 10;

    public static readonly TimeSpan Within = TimeSpan.FromMinutes(1);

    internal const int Addresses = 1024;

    private static readonly IPAddress Others = IPAddress.None;

    private readonly Lock guard = new();
    private readonly Dictionary<IPAddress, (long First, int Count)> failures = [];

    /// <summary>How long the address has to wait; null: it may try.</summary>
    public TimeSpan? Wait(IPAddress address)
    {
        lock (guard)
        {
            var key = KeyOf(address);
            if (!failures.TryGetValue(key, out var known)) return null;
            var left = Within - time.GetElapsedTime(known.First);
            if (left <= TimeSpan.Zero) failures.Remove(key);
            return left > TimeSpan.Zero && known.Count >= Most ? left : null;
        }
    }

    /// <returns>How many times it failed within the time that counts.</returns>
    public int Failed(IPAddress address)
    {
        lock (guard)
        {
            if (failures.Count >= Addresses) Forget();
            var key = KeyOf(address);
            var now = time.GetTimestamp();
            (long First, int Count) known = failures.GetValueOrDefault(key, (now, 0));
            if (time.GetElapsedTime(known.First) >= Within) known = (now, 0);
            failures[key] = (known.First, known.Count + 1);
            return known.Count + 1;
        }
    }

    /// <summary>Of IPv6 a network is one: who has a /64 has all its addresses.</summary>
    private IPAddress KeyOf(IPAddress address)
    {
        var key = address;
        if (address.AddressFamily == AddressFamily.InterNetworkV6)
        {
            var bytes = address.GetAddressBytes();
            bytes.AsSpan(8).Clear();
            key = new IPAddress(bytes);
        }

        return failures.Count < Addresses || failures.ContainsKey(key) ? key : Others;
    }

    private void Forget()
    {
        foreach (var key in failures.Where(f => time.GetElapsedTime(f.Value.First) >= Within).Select(f => f.Key).ToList()) failures.Remove(key);
    }
}
