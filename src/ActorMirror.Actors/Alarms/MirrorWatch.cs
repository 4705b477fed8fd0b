using ActorMirror.Domain.MirrorProtocol;

namespace ActorMirror.Actors.Alarms;

/// <summary>How the mirroring of one traffic group looks at a moment.</summary>
/// <param name="IsActive">The group is active on this device.</param>
/// <param name="IsMirrored">It has virtual servers with mirroring.</param>
/// <param name="Peer">Name of the next-active; null when no other device is fit.</param>
/// <param name="Channel">State of the channel to it; null when there is none yet.</param>
public readonly record struct MirrorSight(bool IsActive, bool IsMirrored, string? Peer, MirrorChannelState? Channel, string Reason);

/// <summary>
/// Which alarm the mirroring of one traffic group gives. Without a next-active there is one at once; a copy that is being filled or reconnected
/// gives one only after a while, because every failover begins with that. Pure but for its memory of when the copy was last complete.
/// </summary>
public sealed class MirrorWatch
{
    /// <summary>A resync of a full table takes about a second at the default rate; ten of them are not usual.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private TimeSpan? incompleteSince;

    /// <param name="now">On a clock that never jumps, from any beginning.</param>
    /// <returns>Texts of <see cref="AlarmKind.NoMirror"/> and <see cref="AlarmKind.MirrorDesynced"/>; null where there is no such alarm.</returns>
    public (string? NoMirror, string? Desynced) Look(in MirrorSight sight, TimeSpan now)
    {
        if (sight is not { IsActive: true, IsMirrored: true } || sight.Channel == MirrorChannelState.InSync)
        {
            incompleteSince = null;
            return (null, null);
        }

        incompleteSince ??= now;
        if (sight.Peer is not { } peer) return ("no other device is fit to be next-active: its connections end with this device", null);
        if (now - incompleteSince < Patience) return (null, null);
        var reason = sight.Reason.Length == 0 ? "" : $" ({sight.Reason})";
        return (null, $"the copy on {peer} has not been complete for {Patience.TotalSeconds:F0} s or more{reason}: new connections end with this device");
    }
}
