namespace ActorMirror.Domain.MirrorProtocol;

/// <summary>The one way back from the mirror: who must not go on before the mirror has a change waits here.</summary>
public interface IMirrorGate
{
    /// <summary>
    /// True as soon as the mirror acknowledged the change as applied in its kernel; false when there is no mirror or the time is
    /// over: then go on, and show the connection as exposed.
    /// </summary>
    ValueTask<bool> WhenApplied(long sequence, TimeSpan timeout, CancellationToken cancellation = default);
}
