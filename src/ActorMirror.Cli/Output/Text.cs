using System.Text.Json;
using ActorMirror.Management.Contracts;

namespace ActorMirror.Cli.Output;

/// <summary>Values as people read them.</summary>
internal static class Text
{
    /// <summary>The same word as in JSON.</summary>
    public static string Of<T>(T value)
        where T : struct, Enum => JsonNamingPolicy.KebabCaseLower.ConvertName(value.ToString());

    public static string Of(DeviceReport device) => device switch
    {
        { Suspect: true } => "SUSPECT",
        { InView: false, Offline: true } => "absent, OFFLINE",
        { InView: false } => "absent",
        { Synced: false } => "joining",
        { Offline: true } => "OFFLINE",
        _ => "synced",
    };

    public static string Of(RepairReport repaired) => $"{repaired.Ghosts} ghosts, {repaired.Missing} missing, {repaired.Wrong} wrong";

    public static string Lost(LossReport loss) => loss.Lost.Count == 0
        ? loss.Owned is null ? "not known" : "none"
        : string.Join(", ", loss.Lost.Select(reason => $"{reason.Value} {reason.Key}"));

    public static string LastWord(LossReport loss) => loss switch
    {
        { LastWordMs: null } => "was not heard",
        { ExposedMs: > 0 } => $"{Ms(loss.LastWordMs)} before, unacknowledged for {Ms(loss.ExposedMs)}",
        _ => $"{Ms(loss.LastWordMs)} before",
    };

    public static string Sequence(MirrorReport m) => m.Direction == MirrorDirection.Outgoing
        ? $"{m.SequenceAppended}\nsent {m.SequenceSent}\nacked {m.SequenceAcked}"
        : $"{m.SequenceAppended}\napplied {m.SequenceSent}";

    public static string Lag(MirrorReport m) => m switch
    {
        { LagChanges: 0 } => "none",
        { LagBytes: null } => $"{m.LagChanges} changes",
        _ => $"{m.LagChanges} changes, {m.LagBytes} bytes, {Ms(m.OldestUnackedMs)}",
    };

    public static string Ms(double? value) => value switch
    {
        null => "-",
        < 10 => $"{value:0.0} ms",
        < 10_000 => $"{value:0} ms",
        _ => $"{value / 1000:0} s",
    };
}
