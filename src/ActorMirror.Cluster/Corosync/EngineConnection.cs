using System.Buffers.Binary;
using System.Diagnostics;
using System.Threading.Channels;
using ActorMirror.Cluster.Corosync.Native;
using ActorMirror.Domain.Cluster;
using ActorMirror.Domain.Devices;
using Microsoft.Extensions.Logging;

namespace ActorMirror.Cluster.Corosync;

/// <summary>
/// One life of the connection between a worker and its corosync, from join to loss: the workers' group, the supervisors' group (only
/// heard) and the quorum. Everything here runs on the engine's thread.
/// </summary>
internal sealed class EngineConnection : ICpgListener, IDisposable
{
    // A reader that does not take an event for this long will not take it at all; meanwhile corosync keeps all messages for us in
    // its memory, without a bound. Leaving the group frees it, and tells the others.
    private static readonly TimeSpan StallLimit = TimeSpan.FromSeconds(2);

    // How long a leave may take; afterwards the others see the end of the process instead.
    private static readonly TimeSpan LeaveLimit = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan Again = TimeSpan.FromMilliseconds(3);

    // A verdict comes milliseconds after the ring; this many commands in between is a quorum service that is stuck.
    private const int HeldLimit = 1024;

    // Between two looks at the clock, so that a flood of commands does not keep the heartbeats back.
    private const int DispatchBatch = 64;

    private readonly IHeartbeatObserver _heartbeats;
    private readonly SendQueue _sends;
    private readonly ClusterLinkMonitor _links;
    private readonly Channel<ClusterEvent> _events;
    private readonly ILogger _log;
    private readonly TimeSpan _heartbeat;
    private readonly ViewSequencer _sequencer;
    private readonly WorkerRun _self;
    private readonly QuorumSession _quorum;
    private readonly CpgSession _workers;
    private readonly FenceListener _fences;
    private readonly byte[] _beat = new byte[ClusterMessage.HeaderLength + sizeof(long)];
    private bool _member;
    private bool _leaving;
    private long _nextTick;
    private bool _isBeat;
    private RingId? _beatenRing;
    private long _stalledSince;

    public EngineConnection(
        DeviceId self,
        TimeSpan heartbeat,
        IHeartbeatObserver heartbeats,
        SendQueue sends,
        ClusterLinkMonitor links,
        Channel<ClusterEvent> events,
        ILogger log)
    {
        _heartbeat = heartbeat;
        _heartbeats = heartbeats;
        _sends = sends;
        _links = links;
        _events = events;
        _log = log;
        _self = new WorkerRun(self, (uint)Environment.ProcessId);
        _sequencer = new ViewSequencer(self);
        _quorum = new QuorumSession();
        try
        {
            _workers = new CpgSession(ProcessGroups.Workers, this);
            if (_workers.LocalNode != self.Value)
                throw new ClusterEngineException($"This is device {self}, but corosync's node id here is {_workers.LocalNode}: they have to be equal.");
            _fences = new FenceListener(_sequencer);
        }
        catch
        {
            _workers?.Dispose();
            _quorum.Dispose();
            throw;
        }
    }

    /// <summary>Joins the groups and waits for the own join to come back.</summary>
    public void Join(WakeUp wakeUp, Func<bool> stopping)
    {
        while (!stopping() && !_workers.TryJoin())
            WakeUp.Poll([new(wakeUp.Descriptor)], Again);
        while (!stopping() && !_fences.TryJoin())
            WakeUp.Poll([new(wakeUp.Descriptor)], Again);
        while (!stopping() && !_member)
            Round(wakeUp, TimeSpan.FromMilliseconds(100));
        _nextTick = Stopwatch.GetTimestamp();
    }

    /// <summary>Returns when it is to stop.</summary>
    /// <exception cref="CorosyncException">The connection is lost.</exception>
    public void Serve(WakeUp wakeUp, Func<bool> stopping)
    {
        while (!stopping())
        {
            var unsent = !SendCommands();
            var untilTick = Beat();
            Round(wakeUp, unsent || Stalled ? Min(Again, untilTick) : untilTick);
            if (_sequencer.Broken is { } broken)
                throw new ClusterEngineException($"The order of events is lost: {broken}.");
        }
    }

    /// <summary>Says goodbye and waits until corosync has ordered it.</summary>
    public void Leave(WakeUp wakeUp)
    {
        _leaving = true;
        _sends.Close();
        var begun = Stopwatch.GetTimestamp();
        var said = false;
        while (_member && Stopwatch.GetElapsedTime(begun) < LeaveLimit)
        {
            said = said || _workers.TryLeave();
            Round(wakeUp, said ? TimeSpan.FromMilliseconds(20) : Again);
        }
    }

    public void Dispose()
    {
        _sends.Close();
        _fences.Dispose();
        _workers.Dispose();
        _quorum.Dispose();
    }

    void ICpgListener.MembersChanged(ReadOnlySpan<CpgAddress> members, ReadOnlySpan<CpgAddress> left, ReadOnlySpan<CpgAddress> joined)
    {
        var all = new WorkerRun[members.Length];
        for (var i = 0; i < members.Length; i++)
            all[i] = Run(members[i]);

        var byRing = false;
        var ended = new EndedRun[left.Length];
        for (var i = 0; i < left.Length; i++)
        {
            var reason = left[i].Reason switch
            {
                CpgReason.Leave => LeaveReason.Left,
                CpgReason.ProcessDown => LeaveReason.ProcessDown,
                _ => LeaveReason.DeviceDown,
            };
            byRing |= reason == LeaveReason.DeviceDown;
            ended[i] = new EndedRun(Run(left[i]), reason);
        }

        var come = new WorkerRun[joined.Length];
        for (var i = 0; i < joined.Length; i++)
        {
            byRing |= joined[i].Reason == CpgReason.NodeUp;
            come[i] = Run(joined[i]);
        }

        // CPG's order decides which of two workers was first: each sees the other, and only the later one sees it in its first view.
        if (!_member && Array.Find(all, run => run.Device == _self.Device && run != _self) is { ProcessId: > 0 } other)
            throw new ClusterEngineException($"Another worker of this device is a member already: process {other.ProcessId}.");

        _sequencer.MembersChanged(all, ended, come, byRing);
        _member = _sequencer.IsMember(_self);
    }

    void ICpgListener.RingChanged(RingId ring)
    {
        _sequencer.RingChanged(ring);
        _sends.Open(ring);
    }

    void ICpgListener.Delivered(uint node, uint process, ReadOnlySpan<byte> bytes)
    {
        var sender = new WorkerRun(new DeviceId((int)node), process);
        if (!ClusterMessage.TryRead(bytes, out var message))
        {
            _log.LogWarning("A message of {Length} bytes from device {Device} is not of this version: dropped.", bytes.Length, sender.Device);
            return;
        }

        switch (message.Kind)
        {
            case MessageKind.Heartbeat when _sequencer.IsMember(sender):
                if (sender == _self && _sequencer.IsSettled(message.Ring))
                    _links.RingMoved();
                _heartbeats.Heard(sender.Device, BinaryPrimitives.ReadInt64LittleEndian(message.Payload), message.Ring, _sequencer.Renews(message.Ring));
                break;
            case MessageKind.Command when !_sequencer.CommandDelivered(sender, message.Ring, message.Payload):
                _log.LogInformation("A command device {Device} decided in ring {Ring} came too late: dropped.", sender.Device, message.Ring);
                break;
            default:
                break;
        }
    }

    private bool Stalled => _sequencer.TryPeek(out _);

    private void Round(WakeUp wakeUp, TimeSpan timeout)
    {
        // A reader that is behind makes us leave the messages with corosync; the quorum and the end of the connection are still seen.
        ReadOnlySpan<int> descriptors = [wakeUp.Descriptor, _quorum.Descriptor, _fences.Descriptor, _workers.Descriptor];
        Span<PollDescriptor> polled = stackalloc PollDescriptor[Stalled ? 3 : 4];
        for (var i = 0; i < polled.Length; i++)
            polled[i] = new PollDescriptor(descriptors[i]);
        WakeUp.Poll(polled, timeout);
        wakeUp.Reset();

        while (_quorum.TryRead(out var ring, out var quorate))
            _sequencer.Verdict(ring, quorate);
        _fences.Dispatch();
        for (var i = 0; i < DispatchBatch && !Stalled && _workers.DispatchOne(); i++)
            HandOver();
        HandOver();

        if (_sequencer.HeldCount > HeldLimit)
            throw new ClusterEngineException($"{HeldLimit} events wait for a verdict on the quorum of ring {_sequencer.Ring}: the quorum service is stuck.");
    }

    private void HandOver()
    {
        while (_sequencer.TryPeek(out var next))
        {
            // The view without ourselves is for the others.
            if (!_leaving && !_events.Writer.TryWrite(next))
            {
                if (_stalledSince == 0)
                    _stalledSince = Stopwatch.GetTimestamp();
                else if (Stopwatch.GetElapsedTime(_stalledSince) > StallLimit)
                    throw new ClusterEngineException($"Nobody read the cluster's events for {StallLimit.TotalSeconds:F0} s.");
                return;
            }

            _sequencer.TryTake(out _);
            _stalledSince = 0;
        }
    }

    /// <returns>False: corosync takes no more for now.</returns>
    private bool SendCommands()
    {
        while (_sends.TryPeek(out var message))
        {
            if (!_workers.TryMulticast(message))
                return false;
            _sends.Sent();
        }

        return true;
    }

    /// <summary>
    /// Sends the heartbeat when it is time, and says how long until it is to be called again. It ticks twice for each heartbeat: to notice that this
    /// thread stood still costs little, while a heartbeat wakes every device. The first one in a ring goes at once: the lease ran on while the ring formed.
    /// </summary>
    private TimeSpan Beat()
    {
        var now = Stopwatch.GetTimestamp();
        var first = _sequencer.Ring is { } current && current != _beatenRing && _sequencer.IsSettled(current);
        if (now >= _nextTick || first)
        {
            var may = _heartbeats.MaySend();
            _isBeat = first || !_isBeat;
            var isTaken = !_isBeat || !may || Stalled || TrySendBeat(now);

            // Not taken while a ring forms: the next one is not far, and the first not to be missed.
            // From now, not from when it was due: a late thread must not send a burst.
            _nextTick = now + (long)((first && !isTaken ? Again : _heartbeat / 2).TotalSeconds * Stopwatch.Frequency);
        }

        return Stopwatch.GetElapsedTime(now, _nextTick);
    }

    private bool TrySendBeat(long now)
    {
        if (_sequencer.Ring is not { } ring) return true;
        ClusterMessage.WriteHeader(_beat, MessageKind.Heartbeat, ring);
        BinaryPrimitives.WriteInt64LittleEndian(_beat.AsSpan(ClusterMessage.HeaderLength), now);
        if (!_workers.TryMulticast(_beat)) return false;
        if (_sequencer.IsSettled(ring)) _beatenRing = ring;
        return true;
    }

    private static WorkerRun Run(CpgAddress address) => new(new DeviceId((int)address.NodeId), address.ProcessId);

    private static TimeSpan Min(TimeSpan left, TimeSpan right) => left < right ? left : right;
}
