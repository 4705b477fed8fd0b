using System.Net.Sockets;

namespace ActorMirror.Lab.Traffic;

/// <summary>Something the loop wakes: when its socket is ready, or when its time has come.</summary>
internal abstract class Endpoint(Socket? socket)
{
    public Socket? Socket { get; } = socket;

    public int Descriptor { get; } = socket is null ? -1 : (int)socket.SafeHandle.DangerousGetHandle();

    public bool IsClosed { get; protected set; }

    public abstract void Ready(long now);

    /// <summary>Called at the time given to <see cref="EventLoop.Schedule"/>.</summary>
    public virtual void Due(long now)
    {
    }
}

/// <summary>
/// One thread, hundreds of sockets: epoll for readiness, a priority queue for pace. The runtime's own asynchronous sockets cost
/// several times as much per message, and the traffic shares two cores with the devices under test.
/// </summary>
internal sealed class EventLoop : IDisposable
{
    // Sends that fall due within a millisecond share one wake-up; commands wait at most this long.
    private const int LongestWait = 5;

    // Between two looks at what arrived: hundreds of flows due at once must not keep the answers waiting, which would look like a silence.
    private const int MostDue = 64;

    private readonly Epoll _epoll = new();
    private readonly PriorityQueue<Endpoint, long> _due = new();
    private readonly Dictionary<int, Endpoint> _endpoints = [];

    public void Add(Endpoint endpoint, bool connecting = false)
    {
        _endpoints[endpoint.Descriptor] = endpoint;
        _epoll.Register(endpoint.Descriptor, connecting ? Epoll.Out : Epoll.In);
    }

    /// <summary>A connection that was being opened is open: from now on only its data matters.</summary>
    public void Connected(Endpoint endpoint) => _epoll.Change(endpoint.Descriptor, Epoll.In);

    /// <summary>Hands the socket of one endpoint to another.</summary>
    public void Replace(Endpoint old, Endpoint heir)
    {
        if (old.Descriptor != heir.Descriptor) throw new ArgumentException("Both must have the same socket.", nameof(heir));
        _endpoints[heir.Descriptor] = heir;
    }

    /// <summary>Takes the endpoint out and closes its socket.</summary>
    public void Remove(Endpoint endpoint)
    {
        if (!_endpoints.Remove(endpoint.Descriptor)) return;
        _epoll.Remove(endpoint.Descriptor);
        endpoint.Socket!.Dispose();
    }

    public void Schedule(Endpoint endpoint, long at) => _due.Enqueue(endpoint, at);

    /// <summary>Runs until <paramref name="running"/> says no; it is asked between two waits.</summary>
    public void Run(Func<bool> running)
    {
        while (running())
        {
            FireDue(Monotonic.Now);
            foreach (var ready in _epoll.Wait(UntilNext(Monotonic.Now)))
            {
                if (_endpoints.TryGetValue(ready.Descriptor, out var endpoint)) endpoint.Ready(Monotonic.Now);
            }
        }
    }

    public void Dispose()
    {
        foreach (var endpoint in _endpoints.Values) endpoint.Socket!.Dispose();
        _endpoints.Clear();
        _epoll.Dispose();
    }

    private void FireDue(long now)
    {
        for (var fired = 0; fired < MostDue && _due.TryPeek(out var endpoint, out var at) && at <= now; fired++)
        {
            _due.Dequeue();
            if (!endpoint.IsClosed) endpoint.Due(now);
        }
    }

    private int UntilNext(long now)
    {
        if (!_due.TryPeek(out _, out var at)) return LongestWait;
        return (int)Math.Clamp((at - now + Monotonic.Millisecond - 1) / Monotonic.Millisecond, 0, LongestWait);
    }
}
