namespace ActorMirror.Cluster.Simulated;

/// <summary>How long things take in a simulated cluster; each is drawn evenly between zero or its named lower bound and the value.</summary>
/// <param name="Detection">Token + consensus: from a loss to the survivors' new ring; a tenth more at most.</param>
/// <param name="Merge">From a heal or a start to the common ring; a tenth more at most.</param>
/// <param name="Ordering">From a send to its place in the order, at most.</param>
/// <param name="Delivery">From its place in the order to a member, at most; each member has its own delay.</param>
/// <param name="Heartbeat">Interval of the heartbeats; zero: none, for tests that do not look at leases.</param>
public sealed record SimulatedTiming(TimeSpan Detection, TimeSpan Merge, TimeSpan Ordering, TimeSpan Delivery, TimeSpan Heartbeat)
{
    /// <summary>What corosync does with token 200 and consensus 240.</summary>
    public static readonly SimulatedTiming Default = new(
        Detection: TimeSpan.FromMilliseconds(440),
        Merge: TimeSpan.FromMilliseconds(60),
        Ordering: TimeSpan.FromMilliseconds(2),
        Delivery: TimeSpan.FromMilliseconds(3),
        Heartbeat: TimeSpan.FromMilliseconds(25));
}
