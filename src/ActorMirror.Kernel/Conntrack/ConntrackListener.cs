using ActorMirror.Kernel.Native;
using ActorMirror.Kernel.Netlink;

namespace ActorMirror.Kernel.Conntrack;

/// <summary>Is told what happens in the conntrack table, on the listener's thread: be quick, or the kernel's queue overflows.</summary>
public interface IConntrackObserver
{
    /// <summary>Events in their order; the span is valid only during the call.</summary>
    void Events(ReadOnlySpan<ConntrackEvent> events);

    /// <summary>
    /// The kernel lost events: dump the table. Called when all that was queued has been handed over: nothing is missed by a dump that begins now.
    /// </summary>
    void Overflow();

    /// <summary>
    /// Last call: the reason is null after <see cref="ConntrackListener.Dispose"/>, otherwise what broke the listener (an observer's exception too).
    /// </summary>
    void Stopped(Exception? reason);
}

/// <param name="MarkValue">Only events with <c>mark &amp; MarkMask == MarkValue</c> are heard.</param>
/// <param name="MarkMask">0: all marks.</param>
/// <param name="ReceiveBufferBytes">An event occupies about 1 KB of it, so the default bridges a pause of about 100 ms at 80,000 events/s.</param>
/// <param name="BatchEvents">The most events in one call.</param>
/// <param name="Expectations">Whether those of helpers are heard too, in order with the others and whatever the mark of their entry.</param>
/// <param name="Rest">
/// From one reading to the next at least: what happens meanwhile is handed over together. The first event after a quiet time is not held back.
/// </param>
public sealed record ConntrackListenerOptions(
    uint MarkValue = 0, uint MarkMask = 0, int ReceiveBufferBytes = 8 * 1024 * 1024, int BatchEvents = 512, bool Expectations = false, TimeSpan Rest = default);

/// <summary>
/// Hears the events (new, update, destroy) of one namespace's conntrack table on a thread of its own. Per wake-up it reads all that is queued, so batches form
/// under load; no event costs an allocation.
/// </summary>
public sealed class ConntrackListener : IDisposable
{
    // An event has about 200 bytes; the kernel allocates at most one page for it (ctnetlink_nlmsg_size).
    private const int DatagramBytes = 4096;

    private const int DatagramsAtOnce = 32;

    private readonly NetlinkSocket _socket;
    private readonly ConntrackListenerOptions _options;
    private readonly Lock _ownPorts = new();
    private readonly HashSet<uint> _ownPortIds = [];
    private Thread? _thread;
    private volatile bool _stopping;

    private ConntrackListener(NetlinkSocket socket, ConntrackListenerOptions options) => (_socket, _options) = (socket, options);

    /// <summary>Opens the socket in the calling thread's namespace and joins the groups: from now on events are queued, so a dump may follow.</summary>
    public static ConntrackListener Open(ConntrackListenerOptions? options = null)
    {
        options ??= new ConntrackListenerOptions();
        var socket = NetlinkSocket.Open(NetlinkFamily.Netfilter);
        try
        {
            socket.SetReceiveBuffer(options.ReceiveBufferBytes);
            socket.AttachFilter(ConntrackFilter.Build(options.MarkValue, options.MarkMask, []));
            socket.Join(ConntrackGroup.New);
            socket.Join(ConntrackGroup.Update);
            socket.Join(ConntrackGroup.Destroy);
            if (options.Expectations)
            {
                socket.Join(ConntrackGroup.ExpNew);
                socket.Join(ConntrackGroup.ExpDestroy);
            }

            return new ConntrackListener(socket, options);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Leaves out the events that a socket of our own causes, before it causes any: mirrored changes must not come back as new ones.</summary>
    public void Ignore(uint portId)
    {
        lock (_ownPorts)
        {
            if (_ownPortIds.Add(portId)) Refilter();
        }
    }

    /// <summary>Takes back <see cref="Ignore"/> when that socket is closed: the kernel gives its number to another.</summary>
    public void Heed(uint portId)
    {
        lock (_ownPorts)
        {
            if (_ownPortIds.Remove(portId)) Refilter();
        }
    }

    /// <exception cref="InvalidOperationException">Already started.</exception>
    public void Start(IConntrackObserver observer)
    {
        ArgumentNullException.ThrowIfNull(observer);
        if (_thread is not null) throw new InvalidOperationException("the listener has been started");
        _thread = new Thread(() => Run(observer)) { IsBackground = true, Name = "conntrack" };
        _thread.Start();
    }

    /// <summary>Stops the thread and waits for it, unless it is the caller. Queued events are discarded.</summary>
    public void Dispose()
    {
        if (_stopping) return;
        _stopping = true;
        _socket.Cancel();
        if (_thread is not null && _thread != Thread.CurrentThread) _thread.Join();
        _socket.Dispose();
    }

    private void Run(IConntrackObserver observer)
    {
        Exception? reason = null;
        try
        {
            Listen(observer);
        }
        catch (Exception caught)
        {
            reason = caught;
        }

        observer.Stopped(reason);
    }

    private void Listen(IConntrackObserver observer)
    {
        var events = new ConntrackEvent[_options.BatchEvents];
        var inbox = new NetlinkInbox(DatagramsAtOnce, DatagramBytes);
        var count = 0;
        var hasRead = false;
        while (!_stopping)
        {
            var status = _socket.Receive(inbox);
            if (status == ReceiveStatus.Data)
            {
                hasRead = true;
                for (var i = 0; i < inbox.Count; i++)
                {
                    foreach (var message in new NetlinkMessages(inbox[i]))
                    {
                        if (!ConntrackDecoder.TryEvent(in message, out events[count]) || ++count < events.Length) continue;
                        observer.Events(events);
                        count = 0;
                    }
                }

                continue;
            }

            if (count > 0) observer.Events(events.AsSpan(0, count));
            count = 0;
            if (status == ReceiveStatus.Overrun) observer.Overflow();
            else if (!hasRead) _socket.Wait();
            else if (_options.Rest > TimeSpan.Zero) _socket.Pause(_options.Rest); // each reading wakes others, here and on the mirror: that costs more than the events
            hasRead = false;
        }
    }

    private void Refilter() => _socket.AttachFilter(ConntrackFilter.Build(_options.MarkValue, _options.MarkMask, _ownPortIds));
}
