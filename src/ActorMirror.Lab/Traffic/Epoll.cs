using System.ComponentModel;
using System.Runtime.InteropServices;

namespace ActorMirror.Lab.Traffic;

/// <summary>epoll(7), level triggered. One thread owns an instance.</summary>
internal sealed partial class Epoll : IDisposable
{
    public const uint In = 0x1;   // EPOLLIN
    public const uint Out = 0x4;  // EPOLLOUT

    private const int CloseOnExec = 0x80000; // EPOLL_CLOEXEC
    private const int Add = 1;               // EPOLL_CTL_ADD
    private const int Delete = 2;            // EPOLL_CTL_DEL
    private const int Modify = 3;            // EPOLL_CTL_MOD
    private const int Interrupted = 4;       // EINTR

    private readonly int _descriptor = Check(epoll_create1(CloseOnExec));
    private readonly Event[] _events = new Event[256];

    public void Register(int descriptor, uint interest) => Control(Add, descriptor, interest);

    public void Change(int descriptor, uint interest) => Control(Modify, descriptor, interest);

    public void Remove(int descriptor) => Control(Delete, descriptor, 0);

    /// <summary>Waits at most <paramref name="milliseconds"/>; the answer is valid until the next call.</summary>
    public ReadOnlySpan<Event> Wait(int milliseconds)
    {
        var count = epoll_wait(_descriptor, _events, _events.Length, milliseconds);
        if (count < 0 && Marshal.GetLastPInvokeError() == Interrupted) return [];
        return _events.AsSpan(0, Check(count));
    }

    public void Dispose() => _ = close(_descriptor);

    private void Control(int operation, int descriptor, uint interest)
    {
        var change = new Event { Interest = interest, Descriptor = descriptor };
        Check(epoll_ctl(_descriptor, operation, descriptor, ref change));
    }

    private static int Check(int result) => result >= 0 ? result : throw new Win32Exception(Marshal.GetLastPInvokeError());

    /// <summary>struct epoll_event, packed on x86-64 (sys/epoll.h); the data field carries the descriptor.</summary>
    [StructLayout(LayoutKind.Sequential, Pack = 1)]
    public struct Event
    {
        public uint Interest;
        public int Descriptor;
        private readonly int _high;
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int epoll_create1(int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int epoll_ctl(int epoll, int operation, int descriptor, ref Event change);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int epoll_wait(int epoll, [Out] Event[] events, int maximum, int timeout);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int close(int descriptor);
}
