using ActorMirror.Kernel.Native;

namespace ActorMirror.Kernel.Netlink;

/// <summary>What a receive found.</summary>
public enum ReceiveStatus
{
    /// <summary>One datagram was read.</summary>
    Data,

    /// <summary>Nothing is waiting.</summary>
    Empty,

    /// <summary>Messages were lost because the receive buffer was full (ENOBUFS) or a datagram exceeded the span. The socket stays usable.</summary>
    Overrun,
}

/// <summary>
/// A netlink socket in the network namespace of the thread that opened it; afterwards any thread may use it.
/// Requests are serialised; notifications are read by one reader with <see cref="Wait"/> and <see cref="Receive"/>, never on a socket that also
/// makes requests.
/// </summary>
public sealed unsafe partial class NetlinkSocket : IDisposable
{
    private readonly Descriptor _socket;
    private readonly ReadWaiter _waiter = new();
    private bool _lost;

    private NetlinkSocket(Descriptor socket, uint portId) => (_socket, PortId) = (socket, portId);

    /// <summary>The kernel's number for this socket; notifications that our requests cause carry it.</summary>
    public uint PortId { get; }

    /// <summary>Opens and binds; the kernel chooses the port id.</summary>
    /// <exception cref="KernelException">No such family, or no descriptor left.</exception>
    public static NetlinkSocket Open(NetlinkFamily family)
    {
        var socket = Libc.socket(AddressFamily.Netlink, SocketType.Raw | SocketType.Cloexec, (int)family);
        if (socket.IsInvalid) throw KernelException.Last($"socket(AF_NETLINK, {family})");
        try
        {
            // Extended acknowledgements carry the kernel's text; capped ones leave out the echo of our own request.
            Libc.SetOption(socket, NetlinkOption.Level, NetlinkOption.ExtAck, 1, "setsockopt NETLINK_EXT_ACK");
            Libc.SetOption(socket, NetlinkOption.Level, NetlinkOption.CapAck, 1, "setsockopt NETLINK_CAP_ACK");
            var address = new NetlinkAddress { Family = AddressFamily.Netlink };
            if (Libc.bind(socket, &address, sizeof(NetlinkAddress)) < 0) throw KernelException.Last("bind(AF_NETLINK)");
            var length = sizeof(NetlinkAddress);
            if (Libc.getsockname(socket, &address, &length) < 0) throw KernelException.Last("getsockname(AF_NETLINK)");
            return new NetlinkSocket(socket, address.Pid);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Asks for a receive buffer beyond net.core.rmem_max (SO_RCVBUFFORCE), or up to it without CAP_NET_ADMIN in the initial user namespace.
    /// </summary>
    /// <returns>The size in force, in bytes; the kernel doubles what is asked for to cover its own overhead.</returns>
    public int SetReceiveBuffer(int bytes)
    {
        if (Libc.setsockopt(_socket, SocketOption.Level, SocketOption.Rcvbufforce, &bytes, sizeof(int)) < 0)
            Libc.SetOption(_socket, SocketOption.Level, SocketOption.Rcvbuf, bytes, "setsockopt SO_RCVBUF");
        int actual;
        var length = sizeof(int);
        if (Libc.getsockopt(_socket, SocketOption.Level, SocketOption.Rcvbuf, &actual, &length) < 0)
            throw KernelException.Last("getsockopt SO_RCVBUF");
        return actual;
    }

    /// <summary>Joins a multicast group by its number (not its bit).</summary>
    public void Join(uint group) =>
        Libc.SetOption(_socket, NetlinkOption.Level, NetlinkOption.AddMembership, group, $"join netlink group {group}");

    /// <summary>Lets the kernel drop what a BPF program refuses before it is queued; replaces an earlier program in one step.</summary>
    internal void AttachFilter(ReadOnlySpan<BpfInstruction> program)
    {
        fixed (BpfInstruction* start = program)
        {
            var value = new BpfProgram { Len = (ushort)program.Length, Filter = (nint)start };
            Libc.SetOption(_socket, SocketOption.Level, SocketOption.AttachFilter, value, "setsockopt SO_ATTACH_FILTER");
        }
    }

    /// <summary>Waits until a datagram (or an overrun) can be read.</summary>
    /// <returns>False after the time-out (null: never) or <see cref="Cancel"/>.</returns>
    public bool Wait(TimeSpan? timeout = null) => _lost || _waiter.Wait(_socket, timeout);

    /// <summary>Waits for that time, whatever there is to be read.</summary>
    public void Pause(TimeSpan time) => _waiter.Pause(time);

    /// <summary>Ends this and every later <see cref="Wait"/> and <see cref="Pause"/> at once; from any thread.</summary>
    public void Cancel() => _waiter.Stop();

    /// <summary>
    /// Reads one notification without waiting. A loss is told once the queue is empty: until then the kernel drops further notifications
    /// without another error (NETLINK_S_CONGESTED in net/netlink/af_netlink.c), so whoever dumps earlier misses some for good.
    /// </summary>
    public ReceiveStatus Receive(Span<byte> buffer, out int length)
    {
        ReceiveStatus status;
        while ((status = ReceiveNow(buffer, out length)) == ReceiveStatus.Overrun) _lost = true;
        if (status != ReceiveStatus.Empty || !_lost) return status;
        _lost = false;
        return ReceiveStatus.Overrun;
    }

    /// <summary>As <see cref="Receive(Span{byte}, out int)"/>, many at once.</summary>
    internal ReceiveStatus Receive(NetlinkInbox inbox)
    {
        ReceiveStatus status;
        do
        {
            status = inbox.Read(_socket, out var hasLost);
            _lost |= hasLost || status == ReceiveStatus.Overrun;
        }
        while (status == ReceiveStatus.Overrun);

        if (status != ReceiveStatus.Empty || !_lost) return status;
        _lost = false;
        return ReceiveStatus.Overrun;
    }

    /// <summary>Reads one datagram and tells a loss at once. Datagrams that do not come from the kernel are passed over.</summary>
    private ReceiveStatus ReceiveNow(Span<byte> buffer, out int length)
    {
        while (true)
        {
            NetlinkAddress sender;
            var senderLength = sizeof(NetlinkAddress);
            nint received;
            fixed (byte* start = buffer)
                received = Libc.recvfrom(_socket, start, buffer.Length, MessageFlags.Dontwait | MessageFlags.Trunc, &sender, &senderLength);
            length = 0;
            if (received < 0)
            {
                switch (KernelException.LastErrno)
                {
                    case Errno.EAGAIN: return ReceiveStatus.Empty;
                    case Errno.ENOBUFS: return ReceiveStatus.Overrun;
                    case Errno.EINTR: continue;
                    default: throw KernelException.Last("recvfrom(AF_NETLINK)");
                }
            }

            if (sender.Pid != 0) continue;
            if (received > buffer.Length) return ReceiveStatus.Overrun;
            length = (int)received;
            return ReceiveStatus.Data;
        }
    }

    /// <summary>Sends messages to the kernel, which processes all of them before this returns.</summary>
    public void Send(ReadOnlySpan<byte> messages)
    {
        var kernel = new NetlinkAddress { Family = AddressFamily.Netlink };
        fixed (byte* start = messages)
        {
            while (Libc.sendto(_socket, start, messages.Length, 0, &kernel, sizeof(NetlinkAddress)) < 0)
            {
                if (KernelException.LastErrno is not Errno.EINTR) throw KernelException.Last("sendto(AF_NETLINK)");
            }
        }
    }

    public void Dispose()
    {
        _socket.Dispose();
        _waiter.Dispose();
    }
}
