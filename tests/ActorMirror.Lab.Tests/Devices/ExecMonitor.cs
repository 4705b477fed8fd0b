using System.Buffers.Binary;
using System.ComponentModel;
using System.Runtime.InteropServices;

namespace ActorMirror.Lab.Tests.Devices;

/// <summary>
/// Every program that a process or its descendants start, however short it lives: the kernel's process connector
/// (linux/cn_proc.h) tells of each fork and exec.
/// </summary>
internal sealed partial class ExecMonitor : IDisposable
{
    private const int Netlink = 16;       // AF_NETLINK
    private const int Datagram = 2;       // SOCK_DGRAM
    private const int Connector = 11;     // NETLINK_CONNECTOR
    private const int Listen = 1;         // PROC_CN_MCAST_LISTEN, and CN_IDX_PROC, CN_VAL_PROC
    private const uint Fork = 0x1;        // PROC_EVENT_FORK
    private const uint Exec = 0x2;        // PROC_EVENT_EXEC
    private const uint Exit = 0x80000000; // PROC_EVENT_EXIT
    private const int EventOffset = 36;   // nlmsghdr 16 + cn_msg 20
    private const int DataOffset = EventOffset + 16; // what, cpu, timestamp
    private const int SocketLevel = 1;    // SOL_SOCKET
    private const int ReceiveTimeout = 20;     // SO_RCVTIMEO
    private const int ReceiveBufferForce = 33; // SO_RCVBUFFORCE

    // Room for some ten thousand events: a build beside the test starts hundreds of programs a second.
    private const int BufferBytes = 8 * 1024 * 1024;

    private static readonly TimeValue s_patience = new(5, 0);

    private readonly Func<string, bool> _isRoot;
    private readonly int _socket;
    private readonly Thread _reader;
    private readonly HashSet<int> _tree = [];
    private readonly HashSet<int> _roots = [];
    private volatile int _last;

    /// <param name="isRoot">Whether a process with this command line is the begin of a tree to watch.</param>
    /// <exception cref="InvalidOperationException">The kernel does not tell: not root, or not in the initial process namespace.</exception>
    public ExecMonitor(Func<string, bool> isRoot)
    {
        _isRoot = isRoot;
        _socket = Check(socket(Netlink, Datagram, Connector));
        Span<byte> address = stackalloc byte[12];
        BinaryPrimitives.WriteUInt16LittleEndian(address, Netlink);
        BinaryPrimitives.WriteInt32LittleEndian(address[8..], Listen);
        Check(bind(_socket, address, address.Length));
        Check(setsockopt(_socket, SocketLevel, ReceiveBufferForce, BufferBytes, sizeof(int)));
        Subscribe();
        _reader = new Thread(Read) { IsBackground = true };
        _reader.Start();
    }

    /// <summary>Command lines, in order, without the roots'. "?" was gone before it could be read.</summary>
    public List<string> Programs { get; } = [];

    public int Roots => _roots.Count;

    /// <summary>Events were lost: the list may not be whole.</summary>
    public bool IsIncomplete { get; private set; }

    /// <summary>Returns when everything before this call has been read: events come in order, and the last is the end of a program started here.</summary>
    public void Dispose()
    {
        using (var last = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo("cat") { RedirectStandardInput = true })!)
        {
            _last = last.Id; // known before it ends: it waits for its input
            last.StandardInput.Close();
            _reader.Join();
        }

        _ = close(_socket);
    }

    private void Subscribe()
    {
        Span<byte> request = stackalloc byte[40];
        BinaryPrimitives.WriteInt32LittleEndian(request, request.Length);
        BinaryPrimitives.WriteUInt16LittleEndian(request[4..], 3); // NLMSG_DONE
        BinaryPrimitives.WriteInt32LittleEndian(request[16..], Listen);
        BinaryPrimitives.WriteInt32LittleEndian(request[20..], Listen);
        BinaryPrimitives.WriteUInt16LittleEndian(request[32..], 4);
        BinaryPrimitives.WriteInt32LittleEndian(request[36..], Listen);
        Check((int)send(_socket, request, request.Length, 0));

        // The kernel acknowledges (PROC_EVENT_NONE), or another event comes first; outside of the initial process namespace nothing does.
        Check(setsockopt(_socket, SocketLevel, ReceiveTimeout, in s_patience, Marshal.SizeOf<TimeValue>()));
        Span<byte> answer = stackalloc byte[1024];
        if (recv(_socket, answer, answer.Length, 0) < DataOffset)
            throw new InvalidOperationException("the kernel does not tell of started programs: that needs root in the initial process namespace");
        Check(setsockopt(_socket, SocketLevel, ReceiveTimeout, default(TimeValue), Marshal.SizeOf<TimeValue>()));
    }

    private void Read()
    {
        Span<byte> buffer = stackalloc byte[1024];
        while (true)
        {
            var count = (int)recv(_socket, buffer, buffer.Length, 0);
            if (count < 0)
            {
                IsIncomplete = true; // ENOBUFS
                if (_last != 0) return; // the last event may be among the lost ones
            }

            if (count < DataOffset) continue;
            var data = buffer[DataOffset..];
            switch (BinaryPrimitives.ReadUInt32LittleEndian(buffer[EventOffset..]))
            {
                case Fork when _tree.Contains(BinaryPrimitives.ReadInt32LittleEndian(data[4..])):
                    _tree.Add(BinaryPrimitives.ReadInt32LittleEndian(data[12..]));
                    break;
                case Exec:
                    Executed(BinaryPrimitives.ReadInt32LittleEndian(data[4..]));
                    break;
                case Exit when BinaryPrimitives.ReadInt32LittleEndian(data[4..]) == _last:
                    return;
            }
        }
    }

    private void Executed(int process)
    {
        var command = CommandLine(process);
        var isRoot = _isRoot(command);

        // Read late, the shell that becomes a root already has the root's command line; then the root's own event is still to come.
        if (isRoot && _roots.Contains(process)) return;
        if (_tree.Contains(process)) Programs.Add(command);
        else if (isRoot && _tree.Add(process)) _roots.Add(process);
    }

    private static string CommandLine(int process)
    {
        try
        {
            return File.ReadAllText($"/proc/{process}/cmdline").Replace('\0', ' ').Trim();
        }
        catch (IOException)
        {
            return "?";
        }
    }

    private static int Check(int result) => result >= 0 ? result : throw new Win32Exception(Marshal.GetLastPInvokeError());

    [LibraryImport("libc", SetLastError = true)]
    private static partial int socket(int family, int type, int protocol);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int bind(int socket, ReadOnlySpan<byte> address, int length);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int setsockopt(int socket, int level, int option, in int value, int length);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int setsockopt(int socket, int level, int option, in TimeValue value, int length);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint send(int socket, ReadOnlySpan<byte> data, nint length, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint recv(int socket, Span<byte> data, nint length, int flags);

    [LibraryImport("libc")]
    private static partial int close(int descriptor);

    /// <summary>struct timeval on 64-bit Linux.</summary>
    private readonly record struct TimeValue(long Seconds, long Microseconds);
}
