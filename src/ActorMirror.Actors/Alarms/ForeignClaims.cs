using ActorMirror.Domain.TrafficGroups;

namespace ActorMirror.Actors.Alarms;

/// <summary>What to do about the claims to one address.</summary>
/// <param name="IsOver">They need no more looks, and there is no alarm any more.</param>
/// <param name="IsConflict">There is an alarm.</param>
/// <param name="Answers">The own announcement is to be repeated.</param>
public readonly record struct ClaimVerdict(bool IsOver, bool IsConflict, bool Answers);

/// <summary>
/// The claims of another station to one address of this device, from the first until nobody has claimed it for a while. A successor may announce
/// itself a moment before this device hears of the same decision, and must be neither accused nor shouted down: a claim counts only if this device
/// is still the owner, in the same epoch, a while later. Pure but for its memory of the claims.
/// </summary>
/// <param name="epoch">In which this device owned the address when the first claim was heard.</param>
/// <param name="begun">When that was, on a clock that never jumps, from any beginning.</param>
public sealed class ForeignClaims(Epoch epoch, TimeSpan begun)
{
    /// <summary>Decisions reach all devices within milliseconds, on a busy machine within a few hundred.</summary>
    public static readonly TimeSpan Settling = TimeSpan.FromMilliseconds(500);

    /// <summary>Neighbours ask for an address they use within 30 s (base_reachable_time), and a rival answers.</summary>
    public static readonly TimeSpan Quiet = TimeSpan.FromSeconds(30);

    /// <summary>
    /// RFC 5227 §2.4 would have a host that defends its address be silent for 10 s, lest two of them shout at each other: two frames a second harm nobody.
    /// </summary>
    public static readonly TimeSpan Defence = TimeSpan.FromSeconds(1);

    private TimeSpan? heardAgain;
    private TimeSpan? answered;

    /// <summary>One more.</summary>
    public void Hear(TimeSpan now) => heardAgain = now;

    /// <param name="owned">The epoch in which this device owns the address now; null: it does not.</param>
    public ClaimVerdict Look(Epoch? owned, TimeSpan now)
    {
        var heard = heardAgain ?? begun;
        if (owned != epoch || now - heard >= Quiet) return new(IsOver: true, IsConflict: false, Answers: false);
        var isConflict = now - begun >= Settling;
        var answers = isConflict && (answered is not { } last || (heard > last && now - last >= Defence));
        if (answers) answered = now;
        return new(IsOver: false, isConflict, answers);
    }
}
