using System.Runtime.InteropServices;

namespace ActorMirror.Kernel.Native;

/// <summary>System calls under their C names: socket, poll, eventfd. Errors are in <see cref="KernelException.LastErrno"/>.</summary>
internal static unsafe partial class Libc
{
    private const string Library = "libc";

    [LibraryImport(Library, SetLastError = true)]
    internal static partial Descriptor socket(int domain, int type, int protocol);

    [LibraryImport(Library)]
    internal static partial int close(int descriptor);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int bind(Descriptor socket, void* address, int length);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int getsockname(Descriptor socket, void* address, int* length);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int setsockopt(Descriptor socket, int level, int option, void* value, int length);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int getsockopt(Descriptor socket, int level, int option, void* value, int* length);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial nint sendto(Descriptor socket, void* buffer, nint length, int flags, void* address, int addressLength);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial nint recvfrom(Descriptor socket, void* buffer, nint length, int flags, void* address, int* addressLength);

    /// <param name="timeout">Null with MSG_DONTWAIT.</param>
    [LibraryImport(Library, SetLastError = true)]
    internal static partial int recvmmsg(Descriptor socket, MultipleMessageHeader* messages, uint count, int flags, void* timeout);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int poll(PollDescriptor* descriptors, nuint count, int timeoutMilliseconds);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial Descriptor eventfd(uint initial, int flags);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial nint write(Descriptor descriptor, void* buffer, nint length);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial nint read(Descriptor descriptor, void* buffer, nint length);

    internal static void SetOption<T>(Descriptor socket, int level, int option, T value, string operation)
        where T : unmanaged
    {
        if (setsockopt(socket, level, option, &value, sizeof(T)) < 0) throw KernelException.Last(operation);
    }
}

[KernelHeader("sys/uio.h", "iov_", Type = "struct iovec")]
[StructLayout(LayoutKind.Sequential)]
internal struct IoVector
{
    public nint Base;
    public nint Len;
}

[KernelHeader("sys/socket.h", "msg_", Type = "struct msghdr")]
[StructLayout(LayoutKind.Sequential)]
internal struct MessageHeader
{
    public nint Name;
    public int Namelen;
    public nint Iov;
    public nint Iovlen;
    public nint Control;
    public nint Controllen;
    public int Flags;
}

[KernelHeader("sys/socket.h", "msg_", Type = "struct mmsghdr")]
[StructLayout(LayoutKind.Sequential)]
internal struct MultipleMessageHeader
{
    public MessageHeader Hdr;
    public uint Len;
}

[KernelHeader("poll.h", Type = "struct pollfd")]
[StructLayout(LayoutKind.Sequential)]
internal struct PollDescriptor
{
    public int Fd;
    public short Events;
    public short Revents;
}
