using ActorMirror.Domain.Connections;
using ActorMirror.Domain.MirrorProtocol;

namespace ActorMirror.Domain.TrafficGroups;

/// <summary>What a device that becomes active has of the traffic group.</summary>
/// <param name="Held">Copies it knew of, and of these the ones in its kernel; of a device that was active itself, its own connections.</param>
/// <param name="Word">What the old active said last; null: nothing was heard.</param>
/// <param name="WasActive">This device was active itself: it goes on with what it has.</param>
public sealed record Inheritance(OpenCounts Held, LastWord? Word, bool WasActive)
{
    /// <summary>Of two channels: what is not known of one is not known of both.</summary>
    public static Inheritance operator +(Inheritance left, Inheritance right) => new(
        left.Held + right.Held,
        left.Word is { } word && right.Word is { } other ? word + other : null,
        left.WasActive && right.WasActive);
}

/// <summary>What became of the old active's connections. Everything is counted or not known (null).</summary>
/// <param name="Owned">Open connections the old active had, as of its last word.</param>
/// <param name="Lost">
/// Those that did not go on, by reason, as of its last word. Copies that arrived after it are taken off: of those on their way first, then of those that
/// waited by choice, then of the others that a mirror is offered again. What began after the last word is in no number.
/// </param>
/// <param name="WordAge">From the last word to the decision.</param>
/// <param name="ExposedFor">How long, at its last word, the oldest change had waited for the mirror; zero: everything was acknowledged.</param>
public sealed record LossReport(int? Owned, ExposureCounts Lost, TimeSpan? WordAge, TimeSpan? ExposedFor)
{
    private static readonly Exposure[] s_mayArrive =
    [
        Exposure.NotAcknowledged, Exposure.ByChoice, Exposure.Vanished, Exposure.NoRoom, Exposure.MirrorTableFull, Exposure.KernelTableFull, Exposure.TupleTaken,
        Exposure.KernelRefused,
    ];

    /// <param name="wordAge">How long ago the last word was heard.</param>
    public static LossReport Of(Inheritance inheritance, TimeSpan wordAge) => inheritance switch
    {
        { WasActive: true, Held: var held } => new(held.Open, ExposureCounts.None, TimeSpan.Zero, TimeSpan.Zero),
        { Word: { Account: var account, OldestAge: var exposed }, Held: var held } =>
            new(account.Open, Missing(account, held.Protected), wordAge, exposed),
        { Held: var held } => new(null, ExposureCounts.None.With(Exposure.NotHeld, held.Open - held.Protected), null, null),
    };

    public override string ToString() => Owned is { } owned
        ? $"the old active had {owned} {WordAge?.TotalMilliseconds:F0} ms before ({(Lost.Total == 0 ? "none was lost" : $"lost: {Lost}")})"
        : $"how many the old active had is not known{(Lost.Total == 0 ? "" : $" (lost: {Lost})")}";

    private static ExposureCounts Missing(ActiveAccount account, int resumed)
    {
        var lost = account.Exposed;
        var arrived = Math.Max(0, resumed - account.Protected);
        foreach (var why in s_mayArrive)
        {
            var later = Math.Min(arrived, lost[why]);
            lost = lost.With(why, lost[why] - later);
            arrived -= later;
        }

        return lost;
    }
}
