using ActorMirror.Domain.Devices;
using ActorMirror.Domain.MirrorProtocol;

namespace ActorMirror.MirrorChannel;

/// <summary>A connection between mirror self IPs on which the hello is next.</summary>
/// <param name="Device">Whom the peer's certificate names; null: there is none, the channel is plain text.</param>
public sealed record MirrorConnection(Stream Stream, MirrorPath Path, DeviceId? Device) : IAsyncDisposable
{
    /// <summary>What the stream runs over, when the stream does not own it.</summary>
    public IDisposable? Transport { get; init; }

    /// <summary>Why the connection must end now although it works, or null; asked several times a second.</summary>
    public Func<string?> Objection { get; init; } = static () => null;

    public async ValueTask DisposeAsync()
    {
        await Stream.DisposeAsync();
        Transport?.Dispose();
    }
}

/// <summary>A channel that will not be while its ends are as they are; the message says why, for the operator.</summary>
public sealed class MirrorRefusedException(string message, Exception? inner = null) : Exception(message, inner);
