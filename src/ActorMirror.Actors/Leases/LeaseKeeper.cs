using System.Collections.Immutable;
using ActorMirror.Cluster;
using ActorMirror.DataPlane.Lease;
using ActorMirror.Domain.Cluster;
using ActorMirror.Domain.Connections;
using ActorMirror.Domain.Devices;
using ActorMirror.Kernel.Nftables;
using ActorMirror.Kernel.Processes;
using Microsoft.Extensions.Logging;

namespace ActorMirror.Actors.Leases;

/// <summary>
/// Holds this device's lease and carries it into the kernel. Runs on the engine's own real-time thread, between corosync and nftables, so
/// that a busy thread pool, a full mailbox or a long ruleset change cannot end it. A process that was stopped between reading the clock and
/// opening the gate shuts it with its next tick, one heartbeat interval later at most.
/// <para>
/// No lock is held while the kernel works: an actor's thread that holds one and has to wait for a core would make the real-time thread
/// wait with it, and cost the lease. So who changed the kernel looks again afterwards, and shuts what was closed meanwhile.
/// </para>
/// </summary>
/// <param name="renewing">Used by the engine's thread alone.</param>
/// <param name="changing">Used by the actors, one at a time.</param>
public sealed class LeaseKeeper(DeviceId self, TimeSpan duration, ILeaseGate renewing, ILeaseGate changing, TimeProvider time, ILogger log) : IHeartbeatObserver
{
    // With no other device to take over there is nobody to make room for: the data plane outlives its daemon.
    private static readonly TimeSpan AloneLifetime = TimeSpan.FromHours(1);

    // Actors that do not answer for so long are stuck; then the others shall take over.
    private const long StuckNs = 2_000_000_000;

    private readonly Lock guard = new();
    private readonly LeaseRule rule = new((long)duration.TotalNanoseconds);
    private readonly long[] lastHeard = new long[DeviceId.Maximum + 1];
    private readonly HashSet<int> open = [];
    private Lease lease = Lease.Enter(time.GetTimestamp());
    private long alive = time.GetTimestamp();
    private bool lost;
    private bool scheduled;
    private volatile bool alone;
    private volatile bool isRealTimeRefused;

    /// <summary>The lease is valid for the first time, or again. On the engine's thread: post, do not work.</summary>
    public Action? Granted { get; set; }

    /// <summary>The lease is lost, every gate is shut: drop the roles, then <see cref="Reset"/>.</summary>
    public Action<string>? Lost { get; set; }

    /// <summary>Whether no other device could take over; then a lease is as good as endless.</summary>
    public bool Alone
    {
        get => alone;
        set => alone = value;
    }

    /// <summary>The engine's thread runs at ordinary priority: under load it renews up to 97 ms late, at real-time priority 1 ms.</summary>
    public bool IsRealTimeRefused => isRealTimeRefused;

    /// <summary>Asks for real-time priority for the calling thread; false: not permitted.</summary>
    internal Func<bool> TryRealTime { get; init; } = ThreadScheduling.TryRealTime;

    public TimeSpan Remaining
    {
        get
        {
            lock (guard) return RemainingAt(NowNs);
        }
    }

    // The system's provider reads CLOCK_MONOTONIC in nanoseconds.
    private long NowNs => time.GetTimestamp();

    /// <summary>The actors say that they are not stuck, several times a second.</summary>
    public void SignOfLife() => Interlocked.Exchange(ref alive, NowNs);

    /// <returns>False: there is no valid lease; <see cref="Granted"/> tells when there is.</returns>
    /// <exception cref="NftablesException">The ruleset is not loaded.</exception>
    public bool TryOpen(int trafficGroup)
    {
        TimeSpan remaining;
        lock (guard)
        {
            remaining = RemainingAt(NowNs);
            if (remaining <= TimeSpan.Zero) return false;
            open.Add(trafficGroup);
        }

        try
        {
            changing.Open([trafficGroup], alone ? AloneLifetime : remaining);
        }
        catch (NftablesException)
        {
            // Its addresses do not come up, so no renewal may open it; one that ran meanwhile may have.
            lock (guard) open.Remove(trafficGroup);
            Shut(changing, trafficGroup);
            throw;
        }

        if (IsOpen(trafficGroup)) return true;
        changing.Shut(trafficGroup);
        return false;
    }

    public void Close(int trafficGroup)
    {
        lock (guard) open.Remove(trafficGroup);
        changing.Shut(trafficGroup);
    }

    /// <summary>The roles are dropped; the next heartbeat that comes back begins a new lease.</summary>
    public void Reset()
    {
        lock (guard)
        {
            lease = Lease.Enter(NowNs);
            lost = false;
        }
    }

    /// <summary>What was heard of a device says nothing once it goes on without this one: it may renew its lease in another ring.</summary>
    public void ForgetAbsent(ImmutableArray<DeviceId> members)
    {
        for (var id = 1; id <= DeviceId.Maximum; id++)
        {
            if (!members.Contains(new DeviceId(id))) Interlocked.Exchange(ref lastHeard[id], 0);
        }
    }

    /// <summary>How long ago the last heartbeat of a device came through the total order; null before the first in a ring they share.</summary>
    public TimeSpan? SilenceOf(DeviceId device)
    {
        var heard = Interlocked.Read(ref lastHeard[device.Value]);
        return heard == 0 ? null : time.GetElapsedTime(heard);
    }

    /// <summary>Whether a member of the view is not heard although this device's own heartbeats come back.</summary>
    /// <param name="viewAt">Stopwatch timestamp of the view: nobody is heard while a ring forms.</param>
    public bool IsSilent(DeviceId device, long viewAt)
    {
        lock (guard) return rule.IsSilent(lease, NowNs, Math.Max(viewAt, lastHeard[device.Value]));
    }

    public void Heard(DeviceId device, long sentAt, RingId ring, bool valid)
    {
        Interlocked.Exchange(ref lastHeard[device.Value], NowNs);
        if (device != self) return;
        LeaseDecision decision;
        bool granted;
        lock (guard)
        {
            granted = lease.Until == 0;
            decision = rule.Renew(lease, NowNs, sentAt, valid);
            lease = decision.Lease;
            granted &= lease.Until != 0;
        }

        if (decision.Verdict == LeaseVerdict.Lost) ShutAll(decision.Reason);
        else if (decision.Verdict == LeaseVerdict.Renewed) Carry();
        if (granted) Granted?.Invoke();
    }

    public bool MaySend()
    {
        if (!scheduled)
        {
            scheduled = true;
            Reset(); // until now nobody expected this thread to run
            isRealTimeRefused = !TryRealTime();
        }

        LeaseDecision decision;
        lock (guard)
        {
            decision = rule.Tick(lease, NowNs);
            lease = decision.Lease;
        }

        if (decision.Verdict == LeaseVerdict.Lost) ShutAll(decision.Reason);
        return NowNs - Interlocked.Read(ref alive) < StuckNs;
    }

    private TimeSpan RemainingAt(long now) => !lost && lease.IsHeld(now) ? TimeSpan.FromTicks((lease.Until - now) / TimeSpan.NanosecondsPerTick) : TimeSpan.Zero;

    private bool IsOpen(int trafficGroup)
    {
        lock (guard) return open.Contains(trafficGroup);
    }

    private void ShutAll(string? reason)
    {
        int[] shut;
        lock (guard)
        {
            if (lost) return;
            lost = true;
            shut = [.. open];
            open.Clear();
        }

        foreach (var group in shut) Shut(renewing, group);
        reason ??= "the lease is lost";
        log.LogError("All gates are shut: {Reason}", reason);
        Lost?.Invoke(reason);
    }

    private void Carry()
    {
        Span<int> room = stackalloc int[FlowMark.MaximumTrafficGroup + 1];
        var count = 0;
        TimeSpan remaining;
        lock (guard)
        {
            remaining = RemainingAt(NowNs);
            foreach (var group in open) room[count++] = group;
        }

        var groups = room[..count];
        if (remaining <= TimeSpan.Zero || groups.IsEmpty) return;
        try
        {
            renewing.Open(groups, alone ? AloneLifetime : remaining);
        }
        catch (NftablesException failure)
        {
            // The element in the kernel still runs out in time; the next heartbeat tries again.
            log.LogError(failure, "The lease could not be carried into the kernel");
        }

        foreach (var group in groups)
        {
            if (!IsOpen(group)) Shut(renewing, group);
        }
    }

    private void Shut(ILeaseGate gate, int group)
    {
        try
        {
            gate.Shut(group);
        }
        catch (NftablesException failure)
        {
            // Without its table nothing is forwarded either; and a live element runs out with the lease.
            log.LogError(failure, "The gate of traffic group number {Group} could not be shut", group);
        }
    }
}
