namespace ActorMirror.Actors.Alarms;

/// <summary>
/// The episode of one address that another station claims too: it begins with the first claim and is over once nobody has claimed the address for a while. Pure but for its
/// memory of the last claim and the last answer to one.
/// </summary>
public sealed class ForeignClaims
{
    /// <summary>Neighbours ask for an address they use within 30 s (base_reachable_time), and a rival answers.</summary>
    public static readonly TimeSpan Quiet = TimeSpan.FromSeconds(30);

    /// <summary>RFC 5227 §2.4 would have a host that defends its address be silent for 10 s, lest two of them shout at each other: two frames a second harm nobody.</summary>
    public static readonly TimeSpan Defence = TimeSpan.FromSeconds(1);

    private TimeSpan? heard;
    private TimeSpan? defended;

    /// <summary>A claim.</summary>
    /// <param name="now">On a clock that never jumps, from any beginning.</param>
    /// <returns>Whether the own announcement is to be repeated.</returns>
    public bool Hear(TimeSpan now)
    {
        heard = now;
        if (now - defended < Defence) return false;
        defended = now;
        return true;
    }

    public bool IsOver(TimeSpan now) => !(now - heard < Quiet);
}
