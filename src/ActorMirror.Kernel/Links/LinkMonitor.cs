using ActorMirror.Kernel.Addresses;
using ActorMirror.Kernel.Namespaces;
using ActorMirror.Kernel.Native;
using ActorMirror.Kernel.Netlink;

namespace ActorMirror.Kernel.Links;

/// <summary>
/// Reports the interfaces and addresses of one namespace, first all that are there, then every change. When the kernel
/// had to drop notifications everything is listed anew and the differences are reported: nothing is missed for good, but a change
/// that was undone in between may be. One thread; the callbacks run on it.
/// </summary>
public sealed class LinkMonitor : IDisposable
{
    private const int DatagramBytes = 65_536;

    private readonly NetlinkSocket _notifications;
    private readonly NetworkLinks _links;
    private readonly InterfaceAddresses _addresses;
    private readonly Action<LinkEvent> _observed;
    private readonly Action<Exception> _failed;
    private readonly LinkPicture _picture = new();
    private readonly Thread _thread;

    private LinkMonitor(NamespaceThread thread, Action<LinkEvent> observed, Action<Exception> failed)
    {
        _observed = observed;
        _failed = failed;
        _links = NetworkLinks.Open(thread);
        _addresses = InterfaceAddresses.Open(thread);
        _notifications = thread.Run(() => NetlinkSocket.Open(NetlinkFamily.Route));
        // Joined before the first list is taken: a change between the two would be lost otherwise.
        foreach (var group in (ReadOnlySpan<uint>)[RouteGroup.Link, RouteGroup.V4Address, RouteGroup.V6Address]) _notifications.Join(group);
        _thread = new Thread(Watch) { IsBackground = true, Name = "links" };
        _thread.Start();
    }

    /// <param name="thread">The namespace.</param>
    /// <param name="observed">Called for every interface and address that is there, then for every change.</param>
    /// <param name="failed">A notification could not be read or the callback threw; watching goes on.</param>
    /// <exception cref="KernelException">No descriptor left.</exception>
    public static LinkMonitor Start(NamespaceThread thread, Action<LinkEvent> observed, Action<Exception> failed) => new(thread, observed, failed);

    public void Dispose()
    {
        _notifications.Cancel();
        _thread.Join();
        _notifications.Dispose();
        _links.Dispose();
        _addresses.Dispose();
    }

    private void Watch()
    {
        var datagram = new byte[DatagramBytes];
        Guard(ListAll);
        while (_notifications.Wait())
        {
            Guard(() =>
            {
                switch (_notifications.Receive(datagram, out var length))
                {
                    case ReceiveStatus.Data:
                        Read(datagram.AsSpan(0, length));
                        break;
                    case ReceiveStatus.Overrun:
                        ListAll();
                        break;
                }
            });
        }
    }

    private void ListAll()
    {
        foreach (var change in _picture.Replace(_links.List(), _addresses.List())) Guard(() => _observed(change));
    }

    private void Read(ReadOnlySpan<byte> datagram)
    {
        foreach (var message in new NetlinkMessages(datagram))
        {
            var change = message.Type switch
            {
                RouteMessage.Newlink => _picture.Put(NetworkLink.Read(message)),
                RouteMessage.Dellink => _picture.Remove(NetworkLink.Read(message)),
                RouteMessage.Newaddr => _picture.Put(InterfaceAddress.Read(message)),
                RouteMessage.Deladdr => _picture.Remove(InterfaceAddress.Read(message)),
                _ => null,
            };
            if (change is not null) Guard(() => _observed(change));
        }
    }

    private void Guard(Action action)
    {
        try
        {
            action();
        }
        catch (Exception exception)
        {
            _failed(exception);
        }
    }
}
