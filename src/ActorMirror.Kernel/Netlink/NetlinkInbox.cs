using System.Runtime.CompilerServices;
using ActorMirror.Kernel.Native;

namespace ActorMirror.Kernel.Netlink;

/// <summary>Room for the datagrams that one system call reads: a call for each costs as much as the reading itself. For one reader.</summary>
internal sealed unsafe class NetlinkInbox
{
    private readonly int _bytesEach;

    // The kernel is told their addresses once.
    private readonly byte[] _bytes;
    private readonly NetlinkAddress[] _senders;
    private readonly IoVector[] _places;
    private readonly MultipleMessageHeader[] _messages;

    /// <param name="datagrams">So many at most are read together.</param>
    /// <param name="bytesEach">A longer one counts as lost.</param>
    public NetlinkInbox(int datagrams, int bytesEach)
    {
        _bytesEach = bytesEach;
        _bytes = GC.AllocateUninitializedArray<byte>(datagrams * bytesEach, pinned: true);
        _senders = GC.AllocateArray<NetlinkAddress>(datagrams, pinned: true);
        _places = GC.AllocateArray<IoVector>(datagrams, pinned: true);
        _messages = GC.AllocateArray<MultipleMessageHeader>(datagrams, pinned: true);
        for (var i = 0; i < datagrams; i++)
        {
            _places[i] = new IoVector { Base = AddressOf(ref _bytes[i * bytesEach]), Len = bytesEach };
            _messages[i].Hdr = new MessageHeader { Name = AddressOf(ref _senders[i]), Namelen = sizeof(NetlinkAddress), Iov = AddressOf(ref _places[i]), Iovlen = 1 };
        }
    }

    /// <summary>How many were read.</summary>
    public int Count { get; private set; }

    /// <summary>One of them, valid until the next reading; empty if it was too long, or did not come from the kernel.</summary>
    public ReadOnlySpan<byte> this[int index] =>
        _senders[index].Pid == 0 && !IsTooLong(index) ? _bytes.AsSpan(index * _bytesEach, (int)_messages[index].Len) : default;

    /// <summary>Reads what is waiting, without waiting for more. Data: there is a <see cref="Count"/>. Overrun: the kernel dropped some, more may be waiting.</summary>
    /// <param name="hasLost">One was too long.</param>
    public ReceiveStatus Read(Descriptor socket, out bool hasLost)
    {
        Count = 0;
        hasLost = false;
        int read;
        while ((read = Libc.recvmmsg(socket, (MultipleMessageHeader*)AddressOf(ref _messages[0]), (uint)_messages.Length, MessageFlags.Dontwait | MessageFlags.Trunc, null)) < 0)
        {
            switch (KernelException.LastErrno)
            {
                case Errno.EAGAIN: return ReceiveStatus.Empty;
                case Errno.ENOBUFS: return ReceiveStatus.Overrun;
                case Errno.EINTR: continue;
                default: throw KernelException.Last("recvmmsg(AF_NETLINK)");
            }
        }

        Count = read;
        for (var i = 0; i < read; i++) hasLost |= IsTooLong(i);
        return ReceiveStatus.Data;
    }

    private bool IsTooLong(int index) => _messages[index].Len > (uint)_bytesEach;

    private static nint AddressOf<T>(ref T element)
        where T : unmanaged => (nint)Unsafe.AsPointer(ref element);
}
