using System.Collections.Concurrent;
using System.Net;
using ActorMirror.Domain.Connections;
using ActorMirror.Kernel.Conntrack;
using ActorMirror.Kernel.Namespaces;
using ActorMirror.Lab.Traffic;

namespace ActorMirror.Benchmarks.Measures;

/// <summary>When each TCP connection entered a device's kernel table, as its events say there; they carry no time, so it is that of their reading.</summary>
internal sealed class InjectionWatch : IConntrackObserver, IDisposable
{
    private readonly ConcurrentDictionary<(uint Address, ushort Port), long> _injectedAt = [];
    private readonly ConntrackListener _listener;

    private InjectionWatch(ConntrackListener listener) => _listener = listener;

    /// <summary>It hears all that happens from now on.</summary>
    public static InjectionWatch Start(string networkNamespace)
    {
        using var thread = NamespaceThread.Enter(networkNamespace);
        var watch = new InjectionWatch(thread.Run(() => ConntrackListener.Open(new ConntrackListenerOptions(FlowMark.Ours, FlowMark.OursMask))));
        watch._listener.Start(watch);
        return watch;
    }

    public int Count => _injectedAt.Count;

    /// <summary>The kernel dropped events: some of them will be missing.</summary>
    public bool HasLostEvents { get; private set; }

    /// <param name="client">address:port of the client's socket, IPv4.</param>
    /// <returns>Monotonic nanoseconds; null: not seen.</returns>
    public long? InjectedAt(string client)
    {
        var socket = IPEndPoint.Parse(client);
        var address = BitConverter.ToUInt32([.. socket.Address.GetAddressBytes().Reverse()]);
        return _injectedAt.TryGetValue((address, (ushort)socket.Port), out var at) ? at : null;
    }

    public void Dispose() => _listener.Dispose();

    void IConntrackObserver.Events(ReadOnlySpan<ConntrackEvent> events)
    {
        var now = Monotonic.Now;
        foreach (ref readonly var seen in events)
        {
            if (seen.Kind == ConntrackEventKind.New) _injectedAt.TryAdd(((uint)seen.Entry.Original.Source, seen.Entry.Original.SourcePort), now);
        }
    }

    void IConntrackObserver.Overflow() => HasLostEvents = true;

    void IConntrackObserver.Stopped(Exception? reason)
    {
    }
}
