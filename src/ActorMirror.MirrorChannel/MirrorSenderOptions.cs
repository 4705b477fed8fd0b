using ActorMirror.Domain.Connections;
using ActorMirror.Domain.Devices;
using ActorMirror.Domain.MirrorProtocol;

namespace ActorMirror.MirrorChannel;

/// <summary>What a sender says of itself, and whom it talks to.</summary>
public sealed record MirrorSenderOptions
{
    public required DeviceId Self { get; init; }

    public required DeviceId Peer { get; init; }

    /// <summary>Where the peer listens, for people: ADDRESS:PORT.</summary>
    public required string PeerEndpoint { get; init; }

    public required StreamId Stream { get; init; }

    public required string TrafficGroupName { get; init; }

    /// <summary>Which connections of the traffic group the stream is about.</summary>
    public ChannelShare Channel { get; init; } = ChannelShare.Whole;

    /// <summary>Digest of the numbers in marks, see <see cref="MirrorHello"/>.</summary>
    public required ulong Numbering { get; init; }

    /// <summary>Whether there is a secondary path.</summary>
    public bool HasSecondary { get; init; }

    /// <summary>Only a mirror of the same platform is accepted.</summary>
    public bool OnlyIdentical { get; init; }

    public MirrorLimits Limits { get; init; } = MirrorLimits.Default;

    /// <summary>Opening the connection, with its TLS handshake, may take so long.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(3);

    internal MirrorHello Hello(long retractionsSeen) => new(
        ProtocolVersion.Minimum, ProtocolVersion.Maximum, Self, Stream, TrafficGroupName, Numbering, MirrorFeatures.Own, Platform.Description, retractionsSeen,
        Channel);
}

/// <summary>What this device says of itself in every hello: product and version, kernel, machine.</summary>
public static class Platform
{
    public static readonly string Description =
        $"ActorMirror {typeof(Platform).Assembly.GetName().Version?.ToString(3)}, {System.Runtime.InteropServices.RuntimeInformation.OSDescription}, "
        + $"{System.Runtime.InteropServices.RuntimeInformation.OSArchitecture}";
}
