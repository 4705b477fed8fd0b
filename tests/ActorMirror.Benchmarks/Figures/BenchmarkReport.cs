using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace ActorMirror.Benchmarks.Figures;

/// <summary>What a benchmark found, for machines.</summary>
internal sealed record BenchmarkReport(string Name, IReadOnlyList<Row> Rows)
{
    private static readonly JsonSerializerOptions Text = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }; // µ and ≤ as they are

    /// <summary>Further fields of the same object, beside name and rows.</summary>
    [JsonIgnore]
    public JsonObject Also { get; init; } = [];

    /// <summary>Several as one: <c>all</c>.</summary>
    public static BenchmarkReport Join(IReadOnlyList<BenchmarkReport> reports) => reports.Count == 1
        ? reports[0]
        : new BenchmarkReport("all", [.. reports.SelectMany(r => r.Rows)])
        {
            Also = new JsonObject(reports.SelectMany(r => r.Also).Select(field => KeyValuePair.Create(field.Key, field.Value?.DeepClone()))),
        };

    public string ToJson()
    {
        var root = JsonSerializer.SerializeToNode(this, FigureJson.Default.BenchmarkReport)!.AsObject();
        foreach (var (name, value) in Also) root[name] = value?.DeepClone();
        return root.ToJsonString(Text);
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(BenchmarkReport))]
internal sealed partial class FigureJson : JsonSerializerContext;
