using ActorMirror.Domain.Connections;

namespace ActorMirror.Domain.MirrorProtocol;

/// <summary>
/// What an active says of its open connections, a few times a second. The last account a mirror heard is all that can be known of an active that is gone.
/// </summary>
/// <param name="Open">Of all virtual servers of the traffic group, mirrored or not.</param>
/// <param name="Protected">Of those, the ones the mirror acknowledged.</param>
/// <param name="Exposed">The others, by reason.</param>
public sealed record ActiveAccount(int Open, int Protected, ExposureCounts Exposed)
{
    public static ActiveAccount operator +(ActiveAccount left, ActiveAccount right) =>
        new(left.Open + right.Open, left.Protected + right.Protected, left.Exposed + right.Exposed);
}

/// <summary>The last account a mirror heard.</summary>
/// <param name="OldestAge">How long the oldest change that the mirror had not acknowledged had waited then; zero: there was none.</param>
/// <param name="HeardAt">Timestamp of the mirror's clock.</param>
public sealed record LastWord(ActiveAccount Account, TimeSpan OldestAge, long HeardAt)
{
    /// <summary>Of two channels: as old as the older one.</summary>
    public static LastWord operator +(LastWord left, LastWord right) => new(
        left.Account + right.Account,
        left.OldestAge > right.OldestAge ? left.OldestAge : right.OldestAge,
        Math.Min(left.HeardAt, right.HeardAt));
}
