using ActorMirror.Domain.Connections;

namespace ActorMirror.Node.Worker;

/// <summary>Why connections are not safe, for people.</summary>
internal static class ExposureTexts
{
    public static string Of(Exposure why) => why switch
    {
        Exposure.MirroringOff => "its virtual server or SNAT is not mirrored (mirror = off)",
        Exposure.ByChoice => "it is to be mirrored when it is older or larger (mirror = { after-age, after-bytes })",
        Exposure.NotAcknowledged => "the mirror has not acknowledged it (yet)",
        Exposure.NoRoom => "the mirror has no room for it",
        Exposure.TupleTaken => "the mirror's kernel has another entry with one of its tuples",
        Exposure.KernelTableFull => "the mirror's kernel table is full",
        Exposure.MirrorTableFull => "the mirror's own table is full (mirroring.max-connections)",
        Exposure.Vanished => "the mirror had it, and somebody took it out of its kernel's table",
        Exposure.KernelRefused => "the mirror's kernel refused it",
        Exposure.NotHeld => "this device was told of it, and its kernel does not have it",
        _ => throw new ArgumentOutOfRangeException(nameof(why), why, "no such exposure"),
    };
}
