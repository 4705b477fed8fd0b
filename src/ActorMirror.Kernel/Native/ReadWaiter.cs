namespace ActorMirror.Kernel.Native;

/// <summary>
/// Lets one thread wait until a descriptor is readable and any other thread end that wait: closing a descriptor
/// does not wake the thread that polls it, so an eventfd is polled beside it.
/// </summary>
internal sealed unsafe class ReadWaiter : IDisposable
{
    private readonly Descriptor _stop;

    public ReadWaiter()
    {
        _stop = Libc.eventfd(0, EventFlags.Cloexec | EventFlags.Nonblock);
        if (_stop.IsInvalid) throw KernelException.Last("eventfd");
    }

    /// <param name="descriptor">Polled for input.</param>
    /// <param name="timeout">Null waits for ever.</param>
    /// <returns>False after the time-out or <see cref="Stop"/>. An error on the descriptor counts as readable: reading will name it.</returns>
    public bool Wait(Descriptor descriptor, TimeSpan? timeout = null)
    {
        var held = false;
        try
        {
            descriptor.DangerousAddRef(ref held);
            return Poll((int)descriptor.DangerousGetHandle(), timeout);
        }
        finally
        {
            if (held) descriptor.DangerousRelease();
        }
    }

    /// <summary>Waits for that time, or <see cref="Stop"/>.</summary>
    public void Pause(TimeSpan time) => Poll(-1, time); // poll(2) passes over a negative descriptor

    private bool Poll(int descriptor, TimeSpan? timeout)
    {
        var deadline = timeout is { } span ? Environment.TickCount64 + (long)Math.Ceiling(span.TotalMilliseconds) : long.MaxValue;
        var held = false;
        try
        {
            _stop.DangerousAddRef(ref held);
            var polled = stackalloc PollDescriptor[2];
            polled[0] = new() { Fd = descriptor, Events = PollEvents.In };
            polled[1] = new() { Fd = (int)_stop.DangerousGetHandle(), Events = PollEvents.In };
            while (true)
            {
                var left = timeout is null ? -1 : (int)Math.Clamp(deadline - Environment.TickCount64, 0, int.MaxValue);
                if (Libc.poll(polled, 2, left) < 0)
                {
                    if (KernelException.LastErrno is Errno.EINTR) continue;
                    throw KernelException.Last("poll");
                }

                return polled[1].Revents == 0 && polled[0].Revents != 0;
            }
        }
        finally
        {
            if (held) _stop.DangerousRelease();
        }
    }

    /// <summary>Ends the wait under way and every later one.</summary>
    public void Stop()
    {
        var one = 1UL;
        if (Libc.write(_stop, &one, sizeof(ulong)) < 0) throw KernelException.Last("write(eventfd)");
    }

    public void Dispose() => _stop.Dispose();
}
