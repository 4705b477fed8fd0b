using ActorMirror.Domain.Devices;
using Microsoft.Extensions.Logging;

namespace ActorMirror.Cluster.Corosync;

/// <summary>
/// Reads once a second how corosync's links are: two small keys of each. On a thread of its own, because a corosync that hangs keeps its
/// client waiting; the others only read the last result and see from its age that no more come.
/// </summary>
internal sealed class ClusterLinkMonitor : IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly WakeUp _wakeUp = new();
    private readonly LinkKeys[] _keys;
    private readonly ILogger _log;
    private readonly TimeProvider _time;
    private ClusterLinks _current;
    private volatile bool _stopping;

    public ClusterLinkMonitor(DeviceGroupModel model, ILogger log, TimeProvider time)
    {
        (_current, _log, _time) = (ClusterLinks.Of(model), log, time);
        _keys = [.. _current.All.Select(LinkKeys.Of)];
        new Thread(Run) { Name = "cluster links", IsBackground = true }.Start();
    }

    public ClusterLinks Current => Volatile.Read(ref _current);

    /// <summary>Does not wait for the thread, which may wait for corosync; it ends with the answer or with the process.</summary>
    public void Dispose()
    {
        _stopping = true;
        _wakeUp.Set();
    }

    private void Run()
    {
        while (!_stopping)
        {
            try
            {
                using var session = new CmapSession();
                while (!_stopping)
                {
                    Volatile.Write(ref _current, Read(session));
                    WakeUp.Poll([new(_wakeUp.Descriptor)], Interval);
                }
            }
            catch (Exception failure)
            {
                _log.LogDebug("The cluster links cannot be read, trying again: {Reason}", failure.Message);
                WakeUp.Poll([new(_wakeUp.Descriptor)], Interval);
            }
        }

        _wakeUp.Dispose();
    }

    private ClusterLinks Read(CmapSession session)
    {
        var now = _time.GetTimestamp();
        return new ClusterLinks(
            [.. _current.All.Select((link, i) => link.Read(session.ReadByte(_keys[i].Connected) != 0, session.ReadCount(_keys[i].DownCount), now))], now);
    }
}
