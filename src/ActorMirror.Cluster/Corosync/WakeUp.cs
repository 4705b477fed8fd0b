using System.ComponentModel;
using System.Runtime.InteropServices;
using ActorMirror.Cluster.Corosync.Native;

namespace ActorMirror.Cluster.Corosync;

/// <summary>An eventfd: other threads end a poll with it.</summary>
internal sealed unsafe class WakeUp : IDisposable
{
    private readonly Lock _lock = new();
    private bool _closed;

    public WakeUp()
    {
        Descriptor = PollNative.EventDescriptor(0, PollNative.EventNonblocking | PollNative.EventCloseOnExec);
        if (Descriptor < 0)
            throw new Win32Exception(Marshal.GetLastPInvokeError());
    }

    public int Descriptor { get; }

    /// <summary>Safe from any thread, also after <see cref="Dispose"/>.</summary>
    public void Set()
    {
        lock (_lock)
        {
            // The only error left is a full counter, and then the poll is awake anyway.
            ulong one = 1;
            if (!_closed)
                PollNative.Write(Descriptor, &one, sizeof(ulong));
        }
    }

    public void Reset()
    {
        ulong count;
        PollNative.Read(Descriptor, &count, sizeof(ulong));
    }

    public void Dispose()
    {
        lock (_lock)
        {
            if (!_closed)
                PollNative.Close(Descriptor);
            _closed = true;
        }
    }

    /// <summary>
    /// Waits until one of the descriptors has something or the time is over, <see cref="Timeout.InfiniteTimeSpan"/> for ever; a signal ends it early, which is
    /// harmless.
    /// </summary>
    public static void Poll(Span<PollDescriptor> descriptors, TimeSpan timeout)
    {
        // Rounded up: poll counts milliseconds, and waking before the time would spin.
        var milliseconds = timeout == Timeout.InfiniteTimeSpan ? -1 : (int)Math.Ceiling(Math.Max(0, timeout.TotalMilliseconds));
        fixed (PollDescriptor* first = descriptors)
        {
            if (PollNative.Poll(first, (nuint)descriptors.Length, milliseconds) < 0 && Marshal.GetLastPInvokeError() != PollNative.Interrupted)
                throw new Win32Exception(Marshal.GetLastPInvokeError());
        }
    }
}
