using ActorMirror.Domain.Connections;
using ActorMirror.Domain.Devices;
using ActorMirror.Domain.TrafficGroups;

namespace ActorMirror.Domain.MirrorProtocol;

/// <summary>What a mirror expects of the device that wants to be mirrored.</summary>
/// <param name="Active">The device that owns the traffic group.</param>
/// <param name="HighestEpoch">The highest epoch of the traffic group this device has seen; lower ones are refused.</param>
/// <param name="Platform">The only platform that is accepted; null: whichever speaks a common version.</param>
public sealed record MirrorAcceptance(DeviceId Active, int TrafficGroup, Epoch HighestEpoch, ulong Numbering, string? Platform = null)
{
    /// <summary>What this end holds a copy of.</summary>
    public ChannelShare Channel { get; init; } = ChannelShare.Whole;

    /// <summary>Judges a hello; <paramref name="detail"/> is a sentence for the operator, empty when accepted.</summary>
    /// <param name="authenticated">Whom the certificate of the channel names; null on a channel without one.</param>
    public MirrorRefusal Judge(MirrorHello hello, DeviceId? authenticated, out string detail)
    {
        var (refusal, text) = hello switch
        {
            _ when authenticated is not null && hello.Device != authenticated => (MirrorRefusal.NotWhoItSays,
                $"it says it is device {hello.Device}, its certificate is of device {authenticated}"),
            _ when ProtocolVersion.Choose(hello.MinimumVersion, hello.MaximumVersion) == 0 => (MirrorRefusal.Version,
                $"it speaks versions {hello.MinimumVersion} to {hello.MaximumVersion}, this device {ProtocolVersion.Minimum} to {ProtocolVersion.Maximum}"),
            _ when Platform is not null && hello.Platform != Platform => (MirrorRefusal.PlatformDiffers,
                $"platform-policy is identical; it is '{hello.Platform}', this device '{Platform}'"),
            _ when hello.Device != Active => (MirrorRefusal.NotMyPeer, $"device {hello.Device} is not the active device {Active}"),
            _ when hello.Stream.TrafficGroup != TrafficGroup => (MirrorRefusal.NotMirror,
                $"the channel is for traffic group {TrafficGroup}, not {hello.Stream.TrafficGroup}"),
            _ when hello.Stream.Epoch < HighestEpoch => (MirrorRefusal.EpochTooLow, $"epoch {hello.Stream.Epoch} is below {HighestEpoch}"),
            _ when hello.Numbering != Numbering => (MirrorRefusal.NumberingDiffers,
                $"its configuration numbers objects differently ({hello.Numbering:x16}, here {Numbering:x16})"),
            _ when hello.Channel != Channel => (MirrorRefusal.ChannelsDiffer,
                $"it is channel {hello.Channel}, this device's is {Channel}: mirroring.channels-per-traffic-group must be the same on both"),
            _ => (MirrorRefusal.None, ""),
        };
        detail = text;
        return refusal;
    }
}

/// <summary>The versions of the wire protocol this build speaks.</summary>
public static class ProtocolVersion
{
    public const byte Minimum = 1;
    public const byte Maximum = 1;

    /// <summary>The highest version both ends speak; 0: none.</summary>
    public static byte Choose(byte theirMinimum, byte theirMaximum)
    {
        var highest = Math.Min(theirMaximum, Maximum);
        return highest >= Math.Max(theirMinimum, Minimum) ? highest : (byte)0;
    }
}
