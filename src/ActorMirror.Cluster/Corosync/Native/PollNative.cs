using System.Runtime.InteropServices;

namespace ActorMirror.Cluster.Corosync.Native;

/// <summary>struct pollfd (poll.h).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct PollDescriptor(int descriptor)
{
    public const short In = 1;        // POLLIN

    public int Descriptor = descriptor;
    public short Events = In;
    public short Returned;
}

/// <summary>
/// The few system calls of this folder. The project cannot use the kernel layer's: the two know nothing of each other.
/// </summary>
internal static unsafe partial class PollNative
{
    public const int EventNonblocking = 0x800;       // EFD_NONBLOCK
    public const int EventCloseOnExec = 0x80000;     // EFD_CLOEXEC
    public const int Interrupted = 4;                // EINTR

    private const string Library = "libc";

    [LibraryImport(Library, EntryPoint = "poll", SetLastError = true)]
    public static partial int Poll(PollDescriptor* descriptors, nuint count, int timeoutMilliseconds);

    [LibraryImport(Library, EntryPoint = "eventfd", SetLastError = true)]
    public static partial int EventDescriptor(uint initial, int flags);

    [LibraryImport(Library, EntryPoint = "read", SetLastError = true)]
    public static partial nint Read(int descriptor, void* buffer, nuint count);

    [LibraryImport(Library, EntryPoint = "write", SetLastError = true)]
    public static partial nint Write(int descriptor, void* buffer, nuint count);

    [LibraryImport(Library, EntryPoint = "close", SetLastError = true)]
    public static partial int Close(int descriptor);
}
