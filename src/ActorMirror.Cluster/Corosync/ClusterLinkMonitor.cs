using ActorMirror.Domain.Devices;
using Microsoft.Extensions.Logging;

namespace ActorMirror.Cluster.Corosync;

/// <summary>
/// Reads once a second how corosync's links are: two small keys of each. On a thread of its own, because a corosync that hangs keeps its
/// client waiting; the others only read the last result and see from its age that no more come.
/// <para>
/// It asks only when the ring has just moved. While corosync synchronises its services it takes no request, but libcmap sends one all the same (flow control 2
/// is beyond libqb's default <c>fc_enable_max</c>, which only libcpg raises), and corosync's level-triggered loop spins over it at real-time priority until the
/// synchronisation ends. Devices that share a processor then keep each other from ever forming a ring: "Process pause detected".
/// </para>
/// </summary>
internal sealed class ClusterLinkMonitor : IDisposable
{
    private const long IntervalMs = 1_000;

    private readonly WakeUp _wakeUp = new();
    private readonly LinkKeys[] _keys;
    private readonly ILogger _log;
    private readonly TimeProvider _time;
    private ClusterLinks _current;
    private long _due;
    private volatile bool _stopping;

    public ClusterLinkMonitor(DeviceGroupModel model, ILogger log, TimeProvider time)
    {
        (_current, _log, _time) = (ClusterLinks.Of(model), log, time);
        _keys = [.. _current.All.Select(LinkKeys.Of)];
        new Thread(Run) { Name = "cluster links", IsBackground = true }.Start();
    }

    public ClusterLinks Current => Volatile.Read(ref _current);

    /// <summary>An own message has just come back in a settled ring: the moment to ask, if a reading is due. The engine's thread; does not wait.</summary>
    public void RingMoved()
    {
        var now = Environment.TickCount64;
        if (now < _due) return;
        _due = now + IntervalMs;
        _wakeUp.Set();
    }

    /// <summary>Does not wait for the thread, which may wait for corosync; it ends with the answer or with the process.</summary>
    public void Dispose()
    {
        _stopping = true;
        _wakeUp.Set();
    }

    private void Run()
    {
        CmapSession? session = null;
        while (WaitForRing())
        {
            try
            {
                session ??= new CmapSession();
                Volatile.Write(ref _current, Read(session));
            }
            catch (Exception failure)
            {
                _log.LogDebug("The cluster links cannot be read, trying again: {Reason}", failure.Message);
                session?.Dispose();
                session = null;
            }
        }

        session?.Dispose();
        _wakeUp.Dispose();
    }

    /// <returns>False: it is to end.</returns>
    private bool WaitForRing()
    {
        WakeUp.Poll([new(_wakeUp.Descriptor)], Timeout.InfiniteTimeSpan);
        _wakeUp.Reset();
        return !_stopping;
    }

    private ClusterLinks Read(CmapSession session)
    {
        var now = _time.GetTimestamp();
        return new ClusterLinks(
            [.. _current.All.Select((link, i) => link.Read(session.ReadByte(_keys[i].Connected) != 0, session.ReadCount(_keys[i].DownCount), now))], now);
    }
}
