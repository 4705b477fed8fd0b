using ActorMirror.Domain.MirrorProtocol;

namespace ActorMirror.Domain.Connections;

/// <summary>How well a connection of the active is covered by its mirror.</summary>
public enum Protection : byte
{
    /// <summary>The mirror was not told of its last change.</summary>
    Unsent,

    /// <summary>On its way: not acknowledged yet.</summary>
    Pending,

    /// <summary>Acknowledged as applied in the mirror's kernel, and not taken back.</summary>
    Protected,

    /// <summary>The mirror said that it does not have it.</summary>
    Retracted,

    /// <summary>Left out because the mirror has no room for it.</summary>
    Unmirrored,

    /// <summary>To be mirrored only when it is older or larger; the mirror was not told of it.</summary>
    Deferred,
}

/// <summary>Connections of a table by protection.</summary>
/// <param name="Refused">Connections not taken into the table since its start because it was full; not among the others.</param>
public readonly record struct ConnectionCounts(int Owned, int Unsent, int Pending, int Protected, int Retracted, int Unmirrored, long Refused, int Deferred = 0);

/// <summary>One connection as an operator asks for it.</summary>
/// <param name="Sequence">The number of its last change in the mirror stream.</param>
/// <param name="Reason">Why it is retracted; null when it is not.</param>
/// <param name="Helped">Null: it has no helper, and none expected it.</param>
/// <param name="For">How long its protection is what it is, to a tenth of a second; of a protected one: since its last change was acknowledged.</param>
public readonly record struct ConnectionView(ConnectionRecord Record, Protection Protection, long Sequence, RetractionReason? Reason, TimeSpan For, HelperState? Helped = null);
