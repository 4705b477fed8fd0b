using ActorMirror.Domain.Connections;
using ActorMirror.Domain.MirrorProtocol;

namespace ActorMirror.Domain.TrafficGroups;

/// <summary>What a device that becomes active has of the traffic group.</summary>
/// <param name="Held">Copies it knew of, and of these the ones in its kernel; of a device that was active itself, its own connections.</param>
/// <param name="Word">What the old active said last; null: nothing was heard.</param>
/// <param name="WasActive">This device was active itself: it goes on with what it has.</param>
public sealed record Inheritance(OpenCounts Held, LastWord? Word, bool WasActive);

/// <summary>What became of the old active's connections. Everything is counted or not known (null).</summary>
/// <param name="Owned">Open connections the old active had, as of its last word.</param>
/// <param name="Lost">
/// Those that did not go on, by reason, as of its last word; of those that were not acknowledged then, the ones that arrived later are taken off. What began
/// after the last word is in no number.
/// </param>
/// <param name="WordAge">From the last word to the decision.</param>
/// <param name="ExposedFor">How long, at its last word, the oldest change had waited for the mirror; zero: everything was acknowledged.</param>
public sealed record LossReport(int? Owned, ExposureCounts Lost, TimeSpan? WordAge, TimeSpan? ExposedFor)
{
    /// <param name="wordAge">How long ago the last word was heard.</param>
    public static LossReport Of(Inheritance inheritance, TimeSpan wordAge) => inheritance switch
    {
        { WasActive: true, Held: var held } => new(held.Open, ExposureCounts.None, TimeSpan.Zero, TimeSpan.Zero),
        { Word: { Account: var account, OldestAge: var exposed }, Held: var held } =>
            new(account.Open, account.Exposed.With(Exposure.NotAcknowledged, NotArrived(account, held.Protected)), wordAge, exposed),
        { Held: var held } => new(null, ExposureCounts.None.With(Exposure.NotHeld, held.Open - held.Protected), null, null),
    };

    public override string ToString() => Owned is { } owned
        ? $"the old active had {owned} {WordAge?.TotalMilliseconds:F0} ms before ({(Lost.Total == 0 ? "none was lost" : $"lost: {Lost}")})"
        : $"how many the old active had is not known{(Lost.Total == 0 ? "" : $" (lost: {Lost})")}";

    private static int NotArrived(ActiveAccount account, int resumed)
    {
        var pending = account.Exposed[Exposure.NotAcknowledged];
        return Math.Clamp(pending - (resumed - account.Protected), 0, pending);
    }
}
