using System.Text.Json;
using System.Text.Json.Serialization;
using ActorMirror.Configuration.Hocon;

namespace ActorMirror.Lab.Scenarios;

/// <summary>
/// How scenario records are written. By reflection: generated code would set init-only properties that the file leaves out to
/// their type's default, not to the record's.
/// </summary>
internal static class ScenarioJson
{
    public static JsonSerializerOptions Options { get; } = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.KebabCaseLower,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        Converters =
        {
            new DurationConverter(), new WordConverter<FaultKind>(), new WordConverter<DataPlaneHome>(), new WordConverter<Condition>(),
            new WordConverter<Traffic.FlowProtocol>(), new WordConverter<TrafficProcessor>(),
        },
    };
}

/// <summary>An enumeration's kebab-case words; a wrong one is told with those there are.</summary>
internal sealed class WordConverter<T> : JsonConverter<T>
    where T : struct, Enum
{
    private static readonly Dictionary<string, T> Words = Enum.GetValues<T>().ToDictionary(v => JsonNamingPolicy.KebabCaseLower.ConvertName(v.ToString()));

    public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var word = reader.TokenType == JsonTokenType.String ? reader.GetString()! : "";
        return Words.TryGetValue(word, out var value) ? value : throw new JsonException($"\"{word}\" is none of {string.Join(", ", Words.Keys)}");
    }

    public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) =>
        writer.WriteStringValue(JsonNamingPolicy.KebabCaseLower.ConvertName(value.ToString()));
}

/// <summary>HOCON's durations: "250 ms", "10s"; a bare number is milliseconds.</summary>
internal sealed class DurationConverter : JsonConverter<TimeSpan>
{
    public override TimeSpan Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.Number) return TimeSpan.FromMilliseconds(reader.GetDouble());
        if (reader.TokenType == JsonTokenType.String && HoconUnits.TryParseDuration(reader.GetString()!, out var duration)) return duration;
        throw new JsonException("a duration is a number with a unit: 250 ms, 10 s, 1 m");
    }

    public override void Write(Utf8JsonWriter writer, TimeSpan value, JsonSerializerOptions options) =>
        writer.WriteStringValue($"{value.TotalMilliseconds}ms");
}
