using System.Collections.Immutable;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace ActorMirror.Configuration;

[JsonConverter(typeof(JsonStringEnumConverter<ProblemSeverity>))]
public enum ProblemSeverity
{
    Warning,
    Error,
}

/// <summary>One thing that is wrong with a configuration, with all that is needed to repair it.</summary>
/// <param name="Severity">A configuration with an error does not start; one with warnings does.</param>
/// <param name="File">The file as it was named, or as the include names it; empty for what no file says.</param>
/// <param name="Line">From 1; 0 when no line can be named.</param>
/// <param name="Path">The key, e.g. <c>actormirror.pools.web.members[0].address</c>; empty where the syntax is broken.</param>
/// <param name="Value">The offending text.</param>
/// <param name="Remedy">What to do, in one sentence.</param>
public sealed record ConfigurationProblem(
    ProblemSeverity Severity, string File, int Line, string Path, string Value, string Message, string Remedy)
{
    public override string ToString()
    {
        var place = Line > 0 ? $"{File}:{Line}: " : File.Length > 0 ? $"{File}: " : "";
        var what = Path.Length > 0 ? $"{Path}: " : "";
        return $"{place}{(Severity == ProblemSeverity.Error ? "error" : "warning")}: {what}{Message} ({Remedy})";
    }
}

/// <summary>The JSON of <c>amctl config check --json</c>: <c>{"errors": [{file, line, path, value, message, remedy}], "warnings": [...]}</c>.</summary>
public static class ConfigurationReport
{
    private static readonly JsonSerializerOptions Options = new()
    {
        WriteIndented = true,
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static string ToJson(ImmutableArray<ConfigurationProblem> problems) =>
        JsonSerializer.Serialize(
            new { Errors = Entries(problems, ProblemSeverity.Error), Warnings = Entries(problems, ProblemSeverity.Warning) },
            Options);

    /// <summary>0: fine (perhaps with warnings), 1: errors, 2: the file cannot be read.</summary>
    public static int ExitCode(ConfigurationResult result)
    {
        ArgumentNullException.ThrowIfNull(result);
        return result.IsUnreadable ? 2 : result.HasErrors ? 1 : 0;
    }

    private static object[] Entries(ImmutableArray<ConfigurationProblem> problems, ProblemSeverity severity) =>
        [.. problems.Where(p => p.Severity == severity).Select(p => new { p.File, p.Line, p.Path, p.Value, p.Message, p.Remedy })];
}
