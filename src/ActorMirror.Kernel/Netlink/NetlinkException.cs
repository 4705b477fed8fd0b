namespace ActorMirror.Kernel.Netlink;

/// <summary>What the caller may still do after a netlink request failed.</summary>
public enum NetlinkFailure
{
    /// <summary>The object is not there (ENOENT, ESRCH, ENODEV, EADDRNOTAVAIL): a deletion is done, an update must create.</summary>
    Absent,

    /// <summary>An object is in its place (EEXIST): compare and update, or delete and create.</summary>
    Exists,

    /// <summary>The state was in motion (EAGAIN, EBUSY, EINTR, an interrupted dump): the same request may succeed now.</summary>
    Retry,

    /// <summary>Answers were lost because the receive buffer was full (ENOBUFS): what the kernel holds is unknown, dump it.</summary>
    Overrun,

    /// <summary>No memory or no room in a table (ENOMEM, ENOSPC, ENFILE): shed load, then retry.</summary>
    NoRoom,

    /// <summary>Missing privilege (EPERM, EACCES): nothing will help until the process has CAP_NET_ADMIN.</summary>
    NotPermitted,

    /// <summary>This kernel does not take this message (EINVAL, EOPNOTSUPP, ERANGE and all others): repeating it is useless.</summary>
    Refused,
}

/// <summary>The kernel answered a netlink request with an error.</summary>
public sealed class NetlinkException : KernelException
{
    public NetlinkException(string operation, Errno errno, string? kernelText = null, uint sequence = 0)
        : base(operation, errno, Describe(errno, kernelText)) =>
        (KernelText, Sequence, Failure) = (kernelText, sequence, Classify(errno));

    public NetlinkFailure Failure { get; }

    /// <summary>The kernel's own explanation (extended acknowledgement), if it gave one.</summary>
    public string? KernelText { get; }

    /// <summary>The sequence number of the message that failed; 0 if the error belongs to no message.</summary>
    public uint Sequence { get; }

    public static NetlinkFailure Classify(Errno errno) => errno switch
    {
        Errno.ENOENT or Errno.ESRCH or Errno.ENODEV or Errno.EADDRNOTAVAIL => NetlinkFailure.Absent,
        Errno.EEXIST => NetlinkFailure.Exists,
        Errno.EAGAIN or Errno.EBUSY or Errno.EINTR => NetlinkFailure.Retry,
        Errno.ENOBUFS => NetlinkFailure.Overrun,
        Errno.ENOMEM or Errno.ENOSPC or Errno.ENFILE => NetlinkFailure.NoRoom,
        Errno.EPERM or Errno.EACCES => NetlinkFailure.NotPermitted,
        _ => NetlinkFailure.Refused,
    };

    private static string Describe(Errno errno, string? kernelText)
    {
        var text = System.Runtime.InteropServices.Marshal.GetPInvokeErrorMessage((int)errno);
        return kernelText is null ? text : $"{text}: {kernelText}";
    }
}
