using ActorMirror.Domain.Cluster;

namespace ActorMirror.Cluster.Corosync;

/// <summary>
/// Commands on their way from any thread to the engine's. Bounded: full means that <see cref="TryAdd"/> says false. Open only for the
/// ring that is current: what is still here when the ring changes is dropped, for its sender decided in a view that is over.
/// </summary>
internal sealed class SendQueue(int capacity, WakeUp wakeUp)
{
    private readonly Lock _lock = new();
    private readonly Queue<byte[]> _queue = new();
    private RingId? _ring;

    public bool TryAdd(RingId decidedIn, ReadOnlySpan<byte> command)
    {
        var message = new byte[ClusterMessage.HeaderLength + command.Length];
        ClusterMessage.WriteHeader(message, MessageKind.Command, decidedIn);
        command.CopyTo(message.AsSpan(ClusterMessage.HeaderLength));
        lock (_lock)
        {
            if (_ring != decidedIn || _queue.Count == capacity)
                return false;
            _queue.Enqueue(message);
        }

        wakeUp.Set();
        return true;
    }

    public void Open(RingId ring)
    {
        lock (_lock)
        {
            if (_ring == ring)
                return;
            _ring = ring;
            _queue.Clear();
        }
    }

    public void Close()
    {
        lock (_lock)
        {
            _ring = null;
            _queue.Clear();
        }
    }

    /// <summary>The oldest message; it stays until <see cref="Sent"/>. Only the engine's thread.</summary>
    public bool TryPeek(out byte[] message)
    {
        lock (_lock)
        {
            var found = _queue.TryPeek(out var oldest);
            message = oldest ?? [];
            return found;
        }
    }

    public void Sent()
    {
        lock (_lock)
            _queue.Dequeue();
    }
}
