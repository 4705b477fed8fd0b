using System.Collections.Immutable;
using Microsoft.Extensions.Logging;

namespace ActorMirror.Actors.Alarms;

/// <summary>
/// The alarms that stand on this device, by what they are about. Raised and cleared from any thread, by whoever sees the cause come and go; both are
/// idempotent, and a log line is written when an alarm appears and when it goes. Bounded by the objects of the configuration.
/// </summary>
public sealed class AlarmBook(TimeProvider time, ILogger log)
{
    private readonly Lock guard = new();
    private readonly Dictionary<(AlarmKind, string?), Alarm> alarms = [];

    /// <summary>Those that stand now, oldest first.</summary>
    public ImmutableArray<Alarm> Current
    {
        get
        {
            lock (guard) return [.. alarms.Values.OrderBy(a => a.SinceTimestamp)];
        }
    }

    /// <summary>The cause is there. Raised again it keeps its time and takes the new text.</summary>
    /// <param name="about">The object; null for the device itself.</param>
    public void Raise(AlarmKind kind, string? about, string text)
    {
        lock (guard)
        {
            var known = alarms.GetValueOrDefault((kind, about));
            var alarm = known is null ? new Alarm(kind, about, text, time.GetUtcNow(), time.GetTimestamp()) : known with { Text = text };
            alarms[(kind, about)] = alarm;
            if (known is null) log.LogWarning("Alarm {Kind} ({About}): {Text}; {Remedy}", kind, about ?? "this device", text, alarm.Remedy);
        }
    }

    /// <summary>The cause is gone, or never was there.</summary>
    public void Clear(AlarmKind kind, string? about)
    {
        lock (guard)
        {
            if (alarms.Remove((kind, about), out var alarm))
                log.LogInformation("Alarm {Kind} ({About}) is over after {Seconds:F0} s", kind, about ?? "this device", time.GetElapsedTime(alarm.SinceTimestamp).TotalSeconds);
        }
    }

    /// <param name="text">Null: the cause is gone.</param>
    public void Set(AlarmKind kind, string? about, string? text)
    {
        if (text is null) Clear(kind, about);
        else Raise(kind, about, text);
    }
}
