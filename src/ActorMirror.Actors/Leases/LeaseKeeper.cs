using System.Diagnostics;
using ActorMirror.Cluster;
using ActorMirror.DataPlane.Lease;
using ActorMirror.Domain.Cluster;
using ActorMirror.Domain.Devices;
using ActorMirror.Kernel.Processes;
using Microsoft.Extensions.Logging;

namespace ActorMirror.Actors.Leases;

/// <summary>
/// Holds this device's lease and carries it into the kernel. Runs on the engine's own thread, between corosync and nftables, so that a busy
/// thread pool, a full mailbox or a long ruleset change cannot end it. A process that was stopped between reading the clock and opening the
/// gate shuts it with its next tick, one heartbeat interval later at most.
/// </summary>
public sealed class LeaseKeeper(DeviceGroupModel model, LeaseGate gate, ILogger log) : IHeartbeatObserver
{
    // With no other device to take over there is nobody to make room for: the data plane outlives its daemon.
    private static readonly TimeSpan AloneLifetime = TimeSpan.FromHours(1);

    // Actors that do not answer for so long are stuck; then the others shall take over.
    private const long StuckNs = 2_000_000_000;

    private readonly Lock guard = new();
    private readonly LeaseRule rule = new((long)model.Cluster.Lease.TotalNanoseconds);
    private readonly long[] lastHeard = new long[DeviceId.Maximum + 1];
    private readonly HashSet<int> open = [];
    private Lease lease = Lease.Enter(NowNs);
    private long alive = NowNs;
    private bool lost;
    private bool scheduled;
    private volatile bool alone;
    private volatile bool stopping;

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

    public TimeSpan Remaining
    {
        get
        {
            lock (guard) return RemainingAt(NowNs);
        }
    }

    // Stopwatch reads CLOCK_MONOTONIC in nanoseconds.
    private static long NowNs => Stopwatch.GetTimestamp();

    /// <summary>The actors say that they are not stuck, several times a second.</summary>
    public void SignOfLife() => Interlocked.Exchange(ref alive, NowNs);

    /// <summary>No more heartbeats: the device is leaving.</summary>
    public void Stop() => stopping = true;

    /// <returns>False: there is no valid lease; <see cref="Granted"/> tells when there is.</returns>
    public bool TryOpen(int trafficGroup)
    {
        lock (guard)
        {
            var remaining = RemainingAt(NowNs);
            if (remaining <= TimeSpan.Zero) return false;
            open.Add(trafficGroup);
            gate.Open([trafficGroup], alone ? AloneLifetime : remaining);
            return true;
        }
    }

    public void Close(int trafficGroup)
    {
        lock (guard)
        {
            open.Remove(trafficGroup);
            gate.Shut(trafficGroup);
        }
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

    /// <summary>How long ago the last heartbeat of a device came through the total order; null before the first.</summary>
    public TimeSpan? SilenceOf(DeviceId device)
    {
        var heard = Interlocked.Read(ref lastHeard[device.Value]);
        return heard == 0 ? null : Stopwatch.GetElapsedTime(heard);
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
        if (device != model.Self.Id) return;
        Action? tell;
        lock (guard)
        {
            var wasHeld = lease.Until != 0;
            tell = Take(rule.Renew(lease, NowNs, sentAt, valid));
            if (!lost && lease.Until != 0 && open.Count > 0) Carry();
            if (!wasHeld && lease.Until != 0) tell = Granted;
        }

        tell?.Invoke();
    }

    public bool MaySend()
    {
        // Under load an ordinary thread renews up to 97 ms late, a real-time one 1 ms.
        if (!scheduled)
        {
            scheduled = true;
            Reset(); // until now nobody expected this thread to run
            if (!ThreadScheduling.TryRealTime()) log.LogWarning("The lease thread may not run at real-time priority (CAP_SYS_NICE): under load the lease may end early");
        }

        Action? tell;
        lock (guard) tell = Take(rule.Tick(lease, NowNs));
        tell?.Invoke();
        return !stopping && NowNs - Interlocked.Read(ref alive) < StuckNs;
    }

    private TimeSpan RemainingAt(long now) => !lost && lease.IsHeld(now) ? TimeSpan.FromTicks((lease.Until - now) / TimeSpan.NanosecondsPerTick) : TimeSpan.Zero;

    /// <summary>What to call is returned, to be called without the lock.</summary>
    private Action? Take(LeaseDecision decision)
    {
        lease = decision.Lease;
        if (decision.Verdict != LeaseVerdict.Lost || lost) return null;
        lost = true;
        var reason = decision.Reason ?? "the lease is lost";
        foreach (var group in open) gate.Shut(group);
        open.Clear();
        log.LogError("All gates are shut: {Reason}", reason);
        return () => Lost?.Invoke(reason);
    }

    private void Carry()
    {
        var remaining = RemainingAt(NowNs);
        if (remaining <= TimeSpan.Zero) return;
        Span<int> groups = stackalloc int[open.Count];
        var count = 0;
        foreach (var group in open) groups[count++] = group;
        try
        {
            gate.Open(groups, alone ? AloneLifetime : remaining);
        }
        catch (Exception failure)
        {
            // The element in the kernel still runs out in time; the next heartbeat tries again.
            log.LogError(failure, "The lease could not be carried into the kernel");
        }
    }
}
