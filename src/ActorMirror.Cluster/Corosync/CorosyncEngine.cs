using System.Diagnostics;
using System.Threading.Channels;
using ActorMirror.Cluster.Corosync.Native;
using ActorMirror.Domain.Cluster;
using ActorMirror.Domain.Devices;
using Microsoft.Extensions.Logging;

namespace ActorMirror.Cluster.Corosync;

/// <summary>
/// The cluster engine of a worker: a member of corosync's process group <c>actormirror</c>. Device ids are corosync's node ids.
/// One thread does everything with corosync but reading the links; heartbeats are sent and heard there, never behind the channel of events.
/// <para>
/// corosync orders "agreed", not "safe": a device that is cut off at the very moment it sends a command may be the only one that sees
/// it, until its lease ends. So only the holder of a role may send the command that gives it away.
/// </para>
/// </summary>
public sealed class CorosyncEngine : IClusterEngine
{
    /// <summary>How long <see cref="StartAsync"/> waits for a corosync that is just being started.</summary>
    public static readonly TimeSpan StartPatience = TimeSpan.FromSeconds(10);

    // Some seconds of the heaviest control traffic; the heartbeats stop when it is full, so its reader is never far behind for long.
    private const int EventCapacity = 1024;

    // What a device decides between two rounds of the token; TrySend says false beyond.
    private const int SendCapacity = 256;

    private readonly Channel<ClusterEvent> _events = Channel.CreateBounded<ClusterEvent>(
        new BoundedChannelOptions(EventCapacity) { SingleReader = true, SingleWriter = true, FullMode = BoundedChannelFullMode.Wait });

    private readonly TaskCompletionSource _started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly WakeUp _wakeUp = new();
    private readonly SendQueue _sends;
    private readonly ClusterLinkMonitor _links;
    private readonly TimeSpan _heartbeat;
    private readonly ILogger _log;
    private IHeartbeatObserver _heartbeats = null!;
    private Thread? _thread;
    private volatile bool _stopping;

    public CorosyncEngine(DeviceGroupModel model, ILogger<CorosyncEngine> log)
    {
        Self = model.Self.Id;
        _heartbeat = model.Cluster.Heartbeat;
        _log = log;
        _links = new ClusterLinkMonitor(model, log, TimeProvider.System);
        _sends = new SendQueue(SendCapacity, _wakeUp);
    }

    public DeviceId Self { get; }

    public ChannelReader<ClusterEvent> Events => _events.Reader;

    public ClusterLinks Links => _links.Current;

    public async Task StartAsync(IHeartbeatObserver heartbeats, CancellationToken cancellation)
    {
        if (_thread is not null)
            throw new InvalidOperationException("The engine was started before.");
        _heartbeats = heartbeats;
        _thread = new Thread(Run) { Name = "corosync engine", IsBackground = true };
        _thread.Start();
        await _started.Task.WaitAsync(cancellation).ConfigureAwait(false);
    }

    public bool TrySend(RingId decidedIn, ReadOnlySpan<byte> command)
    {
        IClusterEngine.CheckSize(command);
        return _sends.TryAdd(decidedIn, command);
    }

    /// <summary>Leaves the group in order (the others see <see cref="LeaveReason.Left"/>) and ends the thread.</summary>
    public async ValueTask DisposeAsync()
    {
        _stopping = true;
        _links.Dispose();
        _wakeUp.Set();
        if (_thread is not null)
            await _ended.Task.ConfigureAwait(false);
        _events.Writer.TryComplete();
        _wakeUp.Dispose();
    }

    private void Run()
    {
        if (!SchedulerNative.TryMakeCurrentThreadRealtime())
            _log.LogWarning("The heartbeats' thread is not real-time (CAP_SYS_NICE is missing): on a busy machine the lease may end without a fault.");
        var begun = Stopwatch.GetTimestamp();
        var retry = new Backoff(TimeSpan.FromMilliseconds(20), TimeSpan.FromSeconds(1));
        try
        {
            while (!_stopping)
            {
                try
                {
                    LiveOnce(retry);
                    continue;
                }
                catch (Exception failure) when (_started.Task.IsCompleted)
                {
                    _log.LogWarning("No connection to corosync, trying again: {Reason}", failure.Message);
                }
                catch (CorosyncException failure) when (Stopwatch.GetElapsedTime(begun) < StartPatience)
                {
                    _log.LogDebug("corosync is not ready yet: {Reason}", failure.Message);
                }
                catch (Exception failure)
                {
                    _started.TrySetException(failure as ClusterEngineException ?? new ClusterEngineException(
                        $"corosync cannot be reached ({failure.Message}): is it installed (apt-get install corosync) and running, in this network namespace?",
                        failure));
                    return;
                }

                WakeUp.Poll([new(_wakeUp.Descriptor)], retry.Next());
            }
        }
        finally
        {
            _started.TrySetCanceled();
            _ended.TrySetResult();
        }
    }

    /// <summary>One connection from join to leave or loss. Throws only when it could not join.</summary>
    private void LiveOnce(Backoff retry)
    {
        using var connection = new EngineConnection(Self, _heartbeat, _heartbeats, _sends, _links, _events, _log);
        connection.Join(_wakeUp, () => _stopping);
        if (_stopping)
            return;
        retry.Reset();
        _started.TrySetResult();
        _log.LogInformation("Joined corosync's group as device {Device}.", Self);
        try
        {
            connection.Serve(_wakeUp, () => _stopping);
            connection.Leave(_wakeUp);
        }
        catch (Exception failure)
        {
            // Out of the group first: the others must not count on a worker that waits for its reader.
            connection.Dispose();
            _log.LogError(failure, "The connection to corosync is lost: every role ends until it is back.");
            Tell(new ClusterEvent.EngineLost(failure.Message));
        }
    }

    /// <summary>Nothing else can be done before this is read: a reader that stalls keeps the engine out of the group.</summary>
    private void Tell(ClusterEvent lost)
    {
        while (!_stopping && !_events.Writer.TryWrite(lost))
            WakeUp.Poll([new(_wakeUp.Descriptor)], TimeSpan.FromMilliseconds(20));
    }
}
