using System.Text.Json;
using ActorMirror.Configuration.Hocon;

namespace ActorMirror.Lab.Scenarios;

/// <summary>A scenario file is wrong; one line per problem, with its place.</summary>
internal sealed class ScenarioException(string message) : Exception(message);

/// <summary>
/// Reads scenario files with the product's own HOCON parser. The resolved document is JSON; records are made from it, and what they
/// do not know is told with the place in the file.
/// </summary>
internal static class ScenarioReader
{
    /// <exception cref="ScenarioException">The file cannot be read, is no HOCON, or says something a scenario does not have.</exception>
    public static Scenario Read(string path)
    {
        var document = HoconDocument.Parse(Load(path), path);
        if (!document.Problems.IsEmpty) throw new ScenarioException(string.Join('\n', document.Problems.Select(p => $"{p.Position}: {p.Message}")));
        if ((document.Root as HoconObject)?["scenario"]?.Value is not HoconObject root) throw new ScenarioException($"{path}: there is no object \"scenario\"");
        try
        {
            var scenario = JsonSerializer.Deserialize<Scenario>(root.ToString(), ScenarioJson.Options)!;
            Check(scenario, path);
            var directory = Path.GetDirectoryName(Path.GetFullPath(path))!;
            return scenario with { Configuration = scenario.Configuration is { } file ? Path.GetFullPath(file, directory) : null };
        }
        catch (JsonException e)
        {
            throw new ScenarioException($"{Place(root, e.Path)}: {e.Message}");
        }
    }

    private static byte[] Load(string path)
    {
        try
        {
            return File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ScenarioException($"{path}: {e.Message}");
        }
    }

    private static void Check(Scenario scenario, string path)
    {
        if (!scenario.Devices.IsEmpty && scenario.Configuration is null) throw new ScenarioException($"{path}: devices need a \"configuration\"");
        for (var i = 0; i < scenario.Steps.Length; i++)
        {
            var verbs = scenario.Steps[i].Verbs;
            if (verbs.Count != 1)
                throw new ScenarioException($"{path}: step {i + 1} needs exactly one verb, has {verbs.Count}: {string.Join(", ", verbs)}");
        }
    }

    /// <summary>The deepest value on a JSON path ($.hosts.client[0]) that the document knows.</summary>
    private static SourcePosition Place(HoconValue root, string? jsonPath)
    {
        var value = root;
        foreach (var key in (jsonPath ?? "$").Split('.', '[', ']', '\'').Skip(1).Where(k => k.Length > 0))
        {
            var child = value switch
            {
                HoconObject o => o[key]?.Value,
                HoconArray a when int.TryParse(key, out var index) && index < a.Items.Length => a.Items[index],
                _ => null,
            };
            if (child is null) break;
            value = child;
        }

        return value.Position;
    }
}
