namespace ActorMirror.Tests.Import;

/// <summary>
/// A collection of configurations that others wrote, found by the environment variable <c>ACTORMIRROR_CORPUS</c>: folders <c>bigip</c>, <c>adversarial</c>
/// and <c>linux/keepalived</c>.
/// </summary>
internal static class Corpus
{
    public const string Variable = "ACTORMIRROR_CORPUS";

    public static string? Root => Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } root && Directory.Exists(Path.Combine(root, "bigip")) ? root : null;

    public static IEnumerable<string> BigIp => Files("bigip").Concat(Files("adversarial"));

    public static IEnumerable<string> Keepalived => Files(Path.Combine("linux", "keepalived"));

    /// <summary>Pairs of a configuration and the AS3 declaration that says the same.</summary>
    public static IEnumerable<(string Configuration, string Declaration)> Declared => Files(Path.Combine("bigip", "acc-as3"))
        .Where(f => f.EndsWith(".conf", StringComparison.Ordinal) && File.Exists(Path.ChangeExtension(f, ".json")))
        .Select(f => (f, Path.ChangeExtension(f, ".json")));

    private static IEnumerable<string> Files(string folder) => Directory.EnumerateFiles(Path.Combine(Root!, folder), "*", SearchOption.AllDirectories)
        .Where(f => !f.EndsWith(".json", StringComparison.Ordinal) && Path.GetFileName(f) != "SOURCES")
        .Order(StringComparer.Ordinal);
}

/// <summary>A test that needs the corpus, and says so where it is not.</summary>
public sealed class CorpusFactAttribute : FactAttribute
{
    public CorpusFactAttribute()
    {
        if (Corpus.Root is null) Skip = $"no corpus: set {Corpus.Variable} to its folder";
    }
}
