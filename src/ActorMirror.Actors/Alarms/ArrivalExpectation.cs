using ActorMirror.Domain.TrafficGroups;

namespace ActorMirror.Actors.Alarms;

/// <summary>How the traffic to one virtual address looks at a moment.</summary>
/// <param name="Promoted">The epoch of this device's last promotion; null while the traffic group is not active here.</param>
/// <param name="Rate">Packets per second that its open connections send at least, or they would have been forgotten.</param>
/// <param name="Packets">A count of those that arrived, from any beginning.</param>
public readonly record struct ArrivalSight(Epoch? Promoted, double Rate, long Packets);

/// <summary>What to do about it.</summary>
/// <param name="Again">The announcement is to be repeated.</param>
/// <param name="Text">Of <see cref="AlarmKind.AnnouncementUnanswered"/>; null where there is no such alarm.</param>
public readonly record struct ArrivalVerdict(bool Again, string? Text);

/// <summary>
/// Whether the announcement of one virtual address was heard, by the traffic that follows it. There is reason to expect some where connections were
/// inherited: one that is open had a packet within its idle timeout, so N of them with a timeout of T seconds have N/T packets a second or more. While
/// none arrives the announcement is repeated; once <see cref="Enough"/> were to be expected and a second is over, there is an alarm, until the first
/// packet. With connections so few that a minute tells nothing there is none. Pure but for its memory of what it waits for.
/// </summary>
public sealed class ArrivalExpectation
{
    /// <summary>Of independent packets none arrives, where this many are expected, once in 1100 times; idle connections are rarely so idle.</summary>
    public const double Enough = 7;

    public static readonly TimeSpan Soonest = TimeSpan.FromSeconds(1);

    public static readonly TimeSpan Longest = TimeSpan.FromMinutes(1);

    private Epoch? epoch;
    private TimeSpan begun;
    private TimeSpan last;
    private long before;
    private double expected;
    private bool waits;

    /// <summary>Whether a look at the counter is of use.</summary>
    public bool Awaits(Epoch? promoted) => promoted is not null && (waits || promoted != epoch);

    /// <param name="now">On a clock that never jumps, from any beginning.</param>
    public ArrivalVerdict Look(in ArrivalSight sight, TimeSpan now)
    {
        if (sight.Promoted is null)
        {
            (epoch, waits) = (null, false);
            return default;
        }

        if (sight.Promoted != epoch)
        {
            (epoch, begun, last, before, expected, waits) = (sight.Promoted, now, now, sight.Packets, 0, true);
            return default;
        }

        // Less: the counter began anew, with a new ruleset.
        if (sight.Packets < before) before = sight.Packets;
        expected += sight.Rate * (now - last).TotalSeconds;
        last = now;
        var isTold = now - begun >= Soonest && expected >= Enough;
        waits = waits && sight.Packets == before && (isTold || now - begun < Longest);
        return !waits ? default
            : new(isTold || sight.Rate > 0, isTold ? Told(now) : null);
    }

    private string Told(TimeSpan now) =>
        $"no packet to it has arrived in {(now - begun).TotalSeconds:F0} s since this device announced it; its connections should have sent {expected:F0} or more";
}
