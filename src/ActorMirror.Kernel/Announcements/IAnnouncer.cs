namespace ActorMirror.Kernel.Announcements;

/// <summary>Tells the neighbours on one interface's network that an address is here now.</summary>
public interface IAnnouncer : IDisposable
{
    /// <summary>Sends one round. A frame may be lost, so callers repeat it (3 times, 100 ms apart).</summary>
    /// <param name="address">IPv4 in its IPv6-mapped form.</param>
    /// <exception cref="ArgumentException">Not an address of the announcer's family.</exception>
    /// <exception cref="KernelException">The interface is down or gone.</exception>
    void Announce(UInt128 address);
}
