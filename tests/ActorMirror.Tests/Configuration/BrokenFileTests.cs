using System.Text.Json;
using System.Text.Json.Nodes;
using ActorMirror.Configuration;

namespace ActorMirror.Tests.Configuration;

/// <summary>Each file in Broken/ beside the complete list of its errors, found in one run.</summary>
public class BrokenFileTests
{
    private static readonly string Folder = Repository.Path("tests", "ActorMirror.Tests", "Configuration", "Broken");

    public static TheoryData<string> Files => [.. Directory.GetFiles(Folder, "*.conf").Select(f => Path.GetFileName(f)!).Order(StringComparer.Ordinal)];

    [Theory, MemberData(nameof(Files))]
    public void Every_error_is_named_in_one_run(string name)
    {
        var result = ConfigurationLoader.Load(Path.Combine(Folder, name));
        var actual = JsonNode.Parse(ConfigurationReport.ToJson(result.Problems))!.AsObject();
        actual.Remove("warnings");
        foreach (var error in actual["errors"]!.AsArray())
            error!["file"] = Path.GetRelativePath(Folder, (string)error["file"]!);

        var text = actual.ToJsonString(new JsonSerializerOptions { WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
        var expected = Path.Combine(Folder, Path.ChangeExtension(name, ".expected.json"));
        File.Exists(expected).ShouldBeTrue($"{expected} is missing; it would be:\n{text}");
        text.ShouldBe(File.ReadAllText(expected).TrimEnd());
        result.Model.ShouldBeNull();
        ConfigurationReport.ExitCode(result).ShouldBe(1);
    }

    [Fact]
    public void There_are_enough_of_them() => Files.Count.ShouldBeGreaterThanOrEqualTo(30);

    [Fact]
    public void What_they_include_is_correct()
    {
        var result = ConfigurationLoader.Load(Path.Combine(Folder, "base", "group.conf"));
        result.Problems.ShouldBeEmpty();
        ConfigurationReport.ExitCode(result).ShouldBe(0);
    }
}
