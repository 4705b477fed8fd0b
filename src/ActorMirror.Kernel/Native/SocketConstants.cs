namespace ActorMirror.Kernel.Native;

[KernelHeader("sys/socket.h", "AF_")]
internal static class AddressFamily
{
    public const int Unspec = 0;
    public const int Inet = 2;
    public const int Inet6 = 10;
    public const int Netlink = 16;
    public const int Packet = 17;
}

[KernelHeader("sys/socket.h", "SOCK_")]
internal static class SocketType
{
    public const int Stream = 1;
    public const int Dgram = 2;
    public const int Raw = 3;
    public const int Cloexec = 0x80000;
    public const int Nonblock = 0x800;
}

/// <summary>Options of level SOL_SOCKET.</summary>
[KernelHeader("sys/socket.h", "SO_")]
internal static class SocketOption
{
    [KernelName("SOL_SOCKET")]
    public const int Level = 1;

    public const int Rcvbuf = 8;
    public const int Peercred = 17;
    public const int AttachFilter = 26;
    public const int Rcvbufforce = 33;
}

[KernelHeader("sys/socket.h", "MSG_")]
internal static class MessageFlags
{
    public const int Trunc = 0x20;
    public const int Dontwait = 0x40;
}

[KernelHeader("poll.h", "POLL")]
internal static class PollEvents
{
    [KernelName("POLLIN")]
    public const short In = 1;

    [KernelName("POLLERR")]
    public const short Err = 8;
}

[KernelHeader("sys/eventfd.h", "EFD_")]
internal static class EventFlags
{
    public const int Cloexec = 0x80000;
    public const int Nonblock = 0x800;
}
