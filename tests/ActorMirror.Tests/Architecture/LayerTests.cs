using System.Xml.Linq;

namespace ActorMirror.Tests.Architecture;

/// <summary>The laws of the layers, read from the project files: what is not referenced cannot be used.</summary>
public sealed class LayerTests
{
    private static readonly string Root = FindRoot();

    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["Domain"] = [],
        ["Kernel"] = [],
        ["Configuration"] = ["Domain"],
        ["Cluster"] = ["Domain"],
        ["MirrorChannel"] = ["Domain"],
        ["Journal"] = ["Domain"],
        ["Trust"] = ["Domain"],
        ["DataPlane"] = ["Domain", "Kernel"],
        ["Actors"] = ["Domain", "Cluster", "DataPlane", "MirrorChannel", "Journal"],
        ["Management"] = ["Domain"],
        ["Import"] = ["Domain", "Configuration"],
        ["Doctor"] = ["Domain", "Cluster", "DataPlane", "Kernel", "Trust"],
        ["Cli"] = ["Domain", "Configuration", "Doctor", "Import", "Management", "Trust"],
        ["Lab"] = ["Domain", "Configuration", "Management", "Kernel", "Trust"],
    };

    public static TheoryData<string> Projects() =>
        [.. Directory.GetDirectories(Path.Combine(Root, "src")).Select(d => Path.GetFileName(d)!).Where(d => d.StartsWith("ActorMirror."))];

    [Theory]
    [MemberData(nameof(Projects))]
    public void A_layer_references_only_what_lies_below_it(string project)
    {
        var name = project["ActorMirror.".Length..];
        if (name == "Node") return; // the composition root sees all
        Allowed.ShouldContainKey(name, "a new layer states here what it may reference");
        var file = XDocument.Load(Path.Combine(Root, "src", project, project + ".csproj"));
        var references = file.Descendants("ProjectReference")
            .Select(r => Path.GetFileNameWithoutExtension(r.Attribute("Include")!.Value)["ActorMirror.".Length..]);
        references.Except(Allowed[name]).ShouldBeEmpty();
    }

    [Fact]
    public void Nothing_but_the_agreed_entries_lies_at_the_top()
    {
        string[] agreed = ["src", "tests", "hocon", "deploy", "ActorMirror.sln", "README.md", "LICENSE", "NOTICE", "global.json", "artifacts"];
        Directory.GetFileSystemEntries(Root).Select(e => Path.GetFileName(e)!)
            .Where(e => !e.StartsWith('.') && !(e.StartsWith("Directory.") && (e.EndsWith(".props") || e.EndsWith(".targets"))))
            .Except(agreed).ShouldBeEmpty();
    }

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "ActorMirror.sln"))) folder = folder.Parent;
        return folder?.FullName ?? throw new InvalidOperationException("the tests run from a checkout of the repository");
    }
}
