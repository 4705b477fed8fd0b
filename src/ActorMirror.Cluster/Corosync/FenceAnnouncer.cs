using System.Buffers.Binary;
using System.Collections.Concurrent;
using ActorMirror.Cluster.Corosync.Native;
using ActorMirror.Domain.Cluster;
using Microsoft.Extensions.Logging;

namespace ActorMirror.Cluster.Corosync;

/// <summary>
/// The supervisor's voice: tells the other devices' workers that its own worker is dead and its device fenced, so that they need not
/// wait for the lease to end. A member of a process group of its own; one thread, which connects again when corosync restarts.
/// </summary>
public sealed class FenceAnnouncer : IAsyncDisposable
{
    private static readonly TimeSpan Again = TimeSpan.FromMilliseconds(5);

    // By process id of the dead worker. A supervisor has one worker and restarts it with a back-off: a handful at most.
    private readonly ConcurrentDictionary<int, TaskCompletionSource> _pending = new();
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly WakeUp _wakeUp = new();
    private readonly ILogger _log;
    private volatile bool _stopping;

    public FenceAnnouncer(ILogger<FenceAnnouncer> log)
    {
        _log = log;
        new Thread(Run) { Name = "fence announcer", IsBackground = true }.Start();
    }

    /// <summary>
    /// Announces that the worker with this process id is dead, its gates closed and its addresses gone. Completes when the word has been
    /// ordered, or with the cancellation; while corosync is away it waits.
    /// </summary>
    public async Task AnnounceFencedAsync(int workerProcessId, CancellationToken cancellation)
    {
        var announced = _pending.GetOrAdd(workerProcessId, _ => new(TaskCreationOptions.RunContinuationsAsynchronously));
        _wakeUp.Set();
        try
        {
            await announced.Task.WaitAsync(cancellation).ConfigureAwait(false);
        }
        finally
        {
            _pending.TryRemove(workerProcessId, out _);
        }
    }

    public async ValueTask DisposeAsync()
    {
        _stopping = true;
        _wakeUp.Set();
        await _ended.Task.ConfigureAwait(false);
        _wakeUp.Dispose();
        foreach (var waiting in _pending.Values)
            waiting.TrySetCanceled();
    }

    private void Run()
    {
        var retry = new Backoff(TimeSpan.FromMilliseconds(20), TimeSpan.FromSeconds(1));
        while (!_stopping)
        {
            try
            {
                using var connection = new Connection(this);
                connection.Serve(retry);
            }
            catch (Exception failure)
            {
                _log.LogDebug("The fence announcer has no connection to corosync, trying again: {Reason}", failure.Message);
                WakeUp.Poll([new(_wakeUp.Descriptor)], retry.Next());
                _wakeUp.Reset();
            }
        }

        _ended.TrySetResult();
    }

    /// <summary>One life of the connection; on the announcer's thread.</summary>
    private sealed class Connection : ICpgListener, IDisposable
    {
        private readonly FenceAnnouncer _announcer;
        private readonly CpgSession _session;
        private readonly HashSet<int> _sent = [];

        public Connection(FenceAnnouncer announcer)
        {
            _announcer = announcer;
            _session = new CpgSession(ProcessGroups.Fence, this);
        }

        public void Serve(Backoff retry)
        {
            while (!_announcer._stopping && !_session.TryJoin())
                WakeUp.Poll([new(_announcer._wakeUp.Descriptor)], Again);
            retry.Reset();
            while (!_announcer._stopping)
            {
                var allSent = SendPending();
                WakeUp.Poll([new(_announcer._wakeUp.Descriptor), new(_session.Descriptor)], allSent ? TimeSpan.FromSeconds(1) : Again);
                _announcer._wakeUp.Reset();
                while (_session.DispatchOne())
                {
                }
            }
        }

        public void Dispose() => _session.Dispose();

        void ICpgListener.MembersChanged(ReadOnlySpan<CpgAddress> members, ReadOnlySpan<CpgAddress> left, ReadOnlySpan<CpgAddress> joined)
        {
        }

        void ICpgListener.RingChanged(RingId ring)
        {
        }

        void ICpgListener.Delivered(uint node, uint process, ReadOnlySpan<byte> bytes)
        {
            if (node != _session.LocalNode || process != Environment.ProcessId || !ClusterMessage.TryRead(bytes, out var message))
                return;
            var worker = (int)BinaryPrimitives.ReadUInt32LittleEndian(message.Payload);
            _sent.Remove(worker);
            if (_announcer._pending.TryRemove(worker, out var announced))
                announced.TrySetResult();
        }

        private bool SendPending()
        {
            Span<byte> word = stackalloc byte[ClusterMessage.HeaderLength + sizeof(uint)];
            foreach (var worker in _announcer._pending.Keys)
            {
                if (_sent.Contains(worker))
                    continue;

                // No ring: it is as true in the next one.
                ClusterMessage.WriteHeader(word, MessageKind.Fenced, default);
                BinaryPrimitives.WriteUInt32LittleEndian(word[ClusterMessage.HeaderLength..], (uint)worker);
                if (!_session.TryMulticast(word))
                    return false;
                _sent.Add(worker);
            }

            return true;
        }
    }
}
