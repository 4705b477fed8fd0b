using System.Runtime.InteropServices;

namespace ActorMirror.Kernel;

/// <summary>A system call failed. The message names the operation, the C library's text and the error's number.</summary>
public class KernelException : IOException
{
    public KernelException(string operation, Errno errno)
        : this(operation, errno, Marshal.GetPInvokeErrorMessage((int)errno))
    {
    }

    protected KernelException(string operation, Errno errno, string text)
        : base($"{operation}: {text} ({errno})") => Errno = errno;

    public Errno Errno { get; }

    /// <summary>The exception for the P/Invoke that just failed on this thread.</summary>
    internal static KernelException Last(string operation) => new(operation, LastErrno);

    internal static Errno LastErrno => (Errno)Marshal.GetLastPInvokeError();
}
