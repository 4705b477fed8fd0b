using System.Net.Sockets;
using System.Runtime.InteropServices;
using ActorMirror.Kernel.Native;

namespace ActorMirror.Kernel.Processes;

/// <summary>Who is at the other end of a Unix socket (unix(7), SO_PEERCRED): as of its connect, whatever the process does later.</summary>
public static class PeerCredentials
{
    /// <returns>The user's number; null: not a connected Unix socket.</returns>
    public static unsafe int? UserOf(Socket connection)
    {
        ArgumentNullException.ThrowIfNull(connection);
        if (connection.AddressFamily != System.Net.Sockets.AddressFamily.Unix) return null;
        Credentials credentials;
        try
        {
            var length = connection.GetRawSocketOption(SocketOption.Level, SocketOption.Peercred, new Span<byte>(&credentials, sizeof(Credentials)));
            return length == sizeof(Credentials) ? credentials.User : null;
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            return null;
        }
    }
}

/// <summary>struct ucred.</summary>
[KernelHeader("sys/socket.h", Type = "struct ucred")]
[StructLayout(LayoutKind.Sequential)]
internal struct Credentials
{
    [KernelName("pid")]
    public int Process;

    [KernelName("uid")]
    public int User;

    [KernelName("gid")]
    public int Group;
}
