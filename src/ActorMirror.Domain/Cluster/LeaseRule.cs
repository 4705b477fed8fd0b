namespace ActorMirror.Domain.Cluster;

/// <summary>A device's own lease. Moments are monotonic nanoseconds.</summary>
/// <param name="NotBefore">Heartbeats sent earlier do not count: this is when the device entered, or entered again.</param>
/// <param name="Until">When forwarding ends; 0 before the first heartbeat came back.</param>
/// <param name="Tick">The last sign that this worker runs.</param>
public readonly record struct Lease(long NotBefore, long Until, long Tick)
{
    /// <summary>Entered now, nothing came back yet.</summary>
    public static Lease Enter(long now) => new(now, 0, now);

    public bool IsHeld(long now) => now < Until;
}

public enum LeaseVerdict
{
    /// <summary>The lease runs until the new moment: tell the kernel's gate.</summary>
    Renewed,

    /// <summary>The heartbeat does not count; the lease runs on as it was.</summary>
    Ignored,

    /// <summary>The lease was lost, or this worker stood still: drop all roles and re-enter through the ring.</summary>
    Lost,
}

public readonly record struct LeaseDecision(LeaseVerdict Verdict, Lease Lease, string? Reason);

/// <summary>
/// When a device may go on forwarding, from its own ordered heartbeats, and when another one is silent. It runs from the moment a
/// heartbeat was <em>sent</em>: whoever lost the ring cannot renew, however late it hears of it. Every renewal goes through
/// <see cref="Renew"/>, so a worker that was stopped (SIGSTOP, a paused machine) cannot open its gate again by itself.
/// </summary>
/// <param name="LeaseNs">Duration of the lease.</param>
public sealed record LeaseRule(long LeaseNs)
{
    /// <summary>Two busy loops on two cores delay a tick by up to 52 ms; a longer pause is no delay but a stop.</summary>
    public const long LateNs = 150_000_000;

    /// <summary>Added to the lease before silence counts: the time others need to hear what was sent in time.</summary>
    public const long MarginNs = 60_000_000;

    /// <summary>While ordered heartbeats do not even come back to their sender, the silence of others says nothing.</summary>
    public const long FreshNs = 100_000_000;

    /// <summary>This worker runs: to be said at every interval of the heartbeats, also while the ring forms.</summary>
    public LeaseDecision Tick(Lease lease, long now) => Check(lease, now) ?? new(LeaseVerdict.Ignored, lease with { Tick = now }, null);

    /// <summary>An own heartbeat came back.</summary>
    /// <param name="valid">The view is quorate and its ring is agreed on.</param>
    public LeaseDecision Renew(Lease lease, long now, long sentAt, bool valid)
    {
        if (Check(lease, now) is { } lost) return lost;
        var until = sentAt + LeaseNs;
        if (!valid) return Ignore("the ring is not quorate");
        if (sentAt < lease.NotBefore) return Ignore("sent before this device entered");
        if (sentAt > now) return Ignore("sent in the future");
        if (until <= now) return Ignore("older than the lease");
        if (until <= lease.Until) return Ignore("a newer one came back already");
        return new(LeaseVerdict.Renewed, lease with { Until = until }, null);

        LeaseDecision Ignore(string reason) => new(LeaseVerdict.Ignored, lease, reason);
    }

    /// <summary>
    /// Whether another device's lease is over although this one's heartbeats come back: its worker hangs. During a change of the
    /// ring nobody is silent in this sense.
    /// </summary>
    /// <param name="lastHeard">When its newest heartbeat was delivered here, or when it entered the view.</param>
    public bool IsSilent(Lease own, long now, long lastHeard)
    {
        var ownSentAt = own.Until - LeaseNs;
        return own.IsHeld(now) && now - ownSentAt <= FreshNs && now - lastHeard > LeaseNs + MarginNs;
    }

    private static LeaseDecision? Check(Lease lease, long now)
    {
        if (lease.Until != 0 && now >= lease.Until) return new(LeaseVerdict.Lost, lease, $"the lease was over {(now - lease.Until) / 1_000_000} ms ago");
        if (now - lease.Tick > LateNs) return new(LeaseVerdict.Lost, lease, $"this worker stood still for {(now - lease.Tick) / 1_000_000} ms");
        return null;
    }
}
