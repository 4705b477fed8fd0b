using System.Text;
using System.Text.RegularExpressions;
using ActorMirror.Configuration;
using ActorMirror.Configuration.Hocon;
using ActorMirror.Configuration.Reading;

namespace ActorMirror.Tests.Configuration;

/// <summary>reference.conf and the reader name the same keys, and the comments say what the reader checks.</summary>
public class ReferenceTests
{
    private static readonly HoconObject Reference = (HoconObject)HoconDocument.Parse(Encoding.UTF8.GetBytes(ConfigurationLoader.ReferenceText), "reference.conf").Root;

    [Fact]
    public void Every_key_the_reader_reads_is_in_the_reference_and_the_other_way_round()
    {
        var read = Schema().Select(k => k.Path).Distinct().Order(StringComparer.Ordinal);
        var written = Keys(Reference, "").Select(k => k.Path).Distinct().Order(StringComparer.Ordinal);
        written.ShouldBe(read);
    }

    [Fact]
    public void Every_keys_comment_says_what_it_must_be()
    {
        var lines = ConfigurationLoader.ReferenceText.Split('\n');
        var expected = Schema().DistinctBy(k => k.Path).ToDictionary(k => k.Path, k => k.Expected);
        foreach (var (path, line) in Keys(Reference, "").Where(k => !IsBuiltIn(k.Path) && k.Path != "actormirror"))
        {
            var comment = new List<string>();
            for (var i = line - 2; i >= 0 && lines[i].TrimStart().StartsWith('#'); i--) comment.Insert(0, lines[i].Trim().TrimStart('#').Trim());
            Regex.Replace(string.Join(' ', comment), @"\s+", " ").ShouldContain($"ust be {expected[path]}.", Case.Sensitive, $"reference.conf:{line}: {path}");
        }
    }

    [Fact]
    public void Every_default_is_valid() =>
        // Reading nothing but required keys makes the reader parse every default; a bad one throws.
        ConfigurationLoader.Load(Repository.Path("hocon", "standalone.conf")).HasErrors.ShouldBeFalse();

    private static List<KnownKey> Schema()
    {
        var schema = new List<KnownKey>();
        GroupReader.Read(Reference, Reference, null, new Problems(), schema);
        return schema;
    }

    /// <summary>Built-in monitors are values, not keys of their own.</summary>
    private static bool IsBuiltIn(string path) => path.StartsWith("actormirror.monitors.tcp", StringComparison.Ordinal) || path.StartsWith("actormirror.monitors.icmp", StringComparison.Ordinal);

    private static IEnumerable<(string Path, int Line)> Keys(HoconObject parent, string prefix)
    {
        foreach (var field in parent.Fields)
        {
            var path = prefix.Length == 0 ? field.Key : $"{prefix}.{field.Key}";
            if (IsBuiltIn(path)) continue;
            if (field.Key != "*") yield return (path, field.KeyPosition.Line);
            var (child, below) = field.Value is HoconArray { Items: [HoconObject item] } ? (item, $"{path}[]") : (field.Value as HoconObject, path);
            foreach (var key in child is null ? [] : Keys(child, below)) yield return key;
        }
    }
}
