using System.Collections.Immutable;

namespace ActorMirror.Management.Contracts;

/// <summary>What became of the old active's connections at a promotion. Everything is counted or null: not known.</summary>
/// <param name="Owned">Open connections the old active had, as of its last word.</param>
/// <param name="Resumed">Those that were in the new active's kernel: they went on.</param>
/// <param name="Lost">Those that did not, by reason (kebab-case), as of the old active's last word; what began after it is in no number.</param>
/// <param name="LastWordMs">From the old active's last word to the decision.</param>
/// <param name="ExposedMs">How long, at its last word, the oldest change had waited for the mirror; 0: everything was acknowledged.</param>
public sealed record LossReport(int? Owned, int Resumed, ImmutableSortedDictionary<string, int> Lost, double? LastWordMs, double? ExposedMs);

/// <summary>A move of a traffic group, as this device's journal has it.</summary>
/// <param name="From">Null at the first placement.</param>
/// <param name="Reason">Kebab-case, e.g. <c>device-down</c>, <c>forced</c>.</param>
/// <param name="DetectionMs">Null when nothing failed or the new active did not report.</param>
/// <param name="PromotionMs">Null when the new active did not report.</param>
/// <param name="Loss">Null at the first placement, and when the new active did not report.</param>
public sealed record FailoverReport(
    string TrafficGroup,
    string Epoch,
    string? From,
    string To,
    string Reason,
    double? DetectionMs,
    double? PromotionMs,
    DateTimeOffset At,
    LossReport? Loss);
