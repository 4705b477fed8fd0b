namespace ActorMirror.Domain.Pools;

public enum MemberState
{
    /// <summary>No probe has ended yet; takes connections, as on a BIG-IP.</summary>
    Unchecked,
    Up,
    Down,
}

/// <summary>
/// What a monitor knows of one pool member:
/// <code>
/// Unchecked --success--> Up --no success for timeout--> Down --success--> Up
///     '--------------------no success for timeout--------^
/// </code>
/// </summary>
/// <param name="LastSuccess">When the last probe succeeded; when the member was added, before the first success.</param>
/// <param name="Since">When <see cref="State"/> was entered.</param>
public readonly record struct MemberStatus(MemberState State, DateTimeOffset LastSuccess, DateTimeOffset Since)
{
    public static MemberStatus Added(DateTimeOffset now) => new(MemberState.Unchecked, now, now);

    public bool TakesConnections => State != MemberState.Down;

    /// <summary>The status after a probe ended.</summary>
    public MemberStatus Probed(bool success, Monitor monitor, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(monitor);
        return (State, success, Expired: now - LastSuccess >= monitor.Timeout) switch
        {
            (MemberState.Up, true, _) => this with { LastSuccess = now },
            (_, true, _) => new MemberStatus(MemberState.Up, now, now),
            (MemberState.Down, false, _) => this,
            (_, false, true) => this with { State = MemberState.Down, Since = now },
            (_, false, false) => this,
        };
    }
}
