using System.Text;
using ActorMirror.Configuration;
using ActorMirror.Configuration.Hocon;
using FsCheck;
using FsCheck.Fluent;
using Xunit.Abstractions;

namespace ActorMirror.Tests.Configuration.Hocon;

/// <summary>No text makes the parser throw, hang or overflow the stack.</summary>
public class HoconRobustnessTests(ITestOutputHelper output)
{
    private const string Alphabet = "{}[]():=,+#/\"$?.\\ \n\tab1-";

    [Fact]
    public void Random_bytes_never_crash_it()
    {
        const int seed = 20_26;
        var random = new Random(seed);
        var (texts, withProblems) = (0, 0);
        for (; texts < 20_000; texts++)
        {
            var bytes = new byte[random.Next(200)];
            random.NextBytes(bytes);
            if (texts % 2 == 0)
                for (var i = 0; i < bytes.Length; i++) bytes[i] = (byte)Alphabet[bytes[i] % Alphabet.Length];
            if (!Parse(bytes).Problems.IsEmpty) withProblems++;
        }

        output.WriteLine($"{texts} texts with seed {seed}, {withProblems} of them with problems");
        withProblems.ShouldBeInRange(texts / 2, texts);
    }

    [Fact]
    public void Truncated_and_mutated_files_never_crash_the_loader()
    {
        const int seed = 7;
        var random = new Random(seed);
        var text = File.ReadAllBytes(Repository.Path("hocon", "three-devices.conf"));
        var files = 0;
        for (var length = 0; length < text.Length; length += 7, files++)
            ConfigurationLoader.Parse(text.AsSpan(0, length), "truncated.conf").Model.ShouldBeNull();

        for (var i = 0; i < 500; i++, files++)
        {
            var mutated = text.ToArray();
            for (var n = random.Next(1, 5); n > 0; n--) mutated[random.Next(mutated.Length)] = (byte)Alphabet[random.Next(Alphabet.Length)];
            var result = ConfigurationLoader.Parse(mutated, "mutated.conf");
            (result.Model is null).ShouldBe(result.HasErrors);
        }

        output.WriteLine($"{files} files, seed {seed}");
    }

    [Theory]
    [InlineData("{a=", 200_000)]
    [InlineData("[", 200_000)]
    [InlineData("a.", 200_000)]
    [InlineData("a{", 200_000)]
    [InlineData("${", 200_000)]
    [InlineData("a=[{", 100_000)]
    [InlineData("\"", 200_001)]
    [InlineData("}", 100_000)]
    [InlineData("]", 100_000)]
    public void Depth_is_limited(string repeated, int count) =>
        Parse(Encoding.UTF8.GetBytes(new StringBuilder().Insert(0, repeated, count).ToString())).Problems.ShouldNotBeEmpty();

    [Fact]
    public void Chains_of_substitutions_are_limited()
    {
        var forward = string.Join('\n', Enumerable.Range(0, 5_000).Select(i => $"a{i} = ${{a{i + 1}}}")) + "\na5000 = 1";
        Parse(Encoding.UTF8.GetBytes(forward)).Problems.ShouldContain(p => p.Message.Contains("in a chain"));

        var nested = "a0 = 1\n" + string.Join('\n', Enumerable.Range(1, 5_000).Select(i => $"a{i} = {{ x = ${{a{i - 1}}} }}"));
        Parse(Encoding.UTF8.GetBytes(nested)).Problems.ShouldContain(p => p.Message.Contains("nested deeper"));
    }

    [Fact]
    public void Doubling_is_limited()
    {
        var strings = "a0 = xxxxxxxxxx\n" + string.Join('\n', Enumerable.Range(1, 60).Select(i => $"a{i} = ${{a{i - 1}}}${{a{i - 1}}}"));
        Parse(Encoding.UTF8.GetBytes(strings)).Problems.ShouldContain(p => p.Message.Contains("longer than"));

        var arrays = "a0 = [1]\n" + string.Join('\n', Enumerable.Range(1, 60).Select(i => $"a{i} = ${{a{i - 1}}} ${{a{i - 1}}}"));
        Parse(Encoding.UTF8.GetBytes(arrays)).Problems.ShouldContain(p => p.Message.Contains("elements"));

        var objects = "a0 = {x = 1}\n" + string.Join('\n', Enumerable.Range(1, 60).Select(i => $"a{i} = {{ l = ${{a{i - 1}}}, r = ${{a{i - 1}}} }}")) + "\nb = ${a60} ${a60}";
        Parse(Encoding.UTF8.GetBytes(objects)).Problems.ShouldContain(p => p.Message.Contains("beyond measure"));
    }

    [Fact]
    public void A_file_that_is_too_large_is_refused() =>
        Parse(new byte[5 << 20]).Problems.ShouldContain(p => p.Message.Contains("larger than"));

    [Fact]
    public void Json_text_of_any_value_reads_back_as_the_same_value()
    {
        var scalar = Gen.OneOf(
            Gen.Elements("null", "true", "false", "0", "-1", "1.5e3"),
            ArbMap.Default.GeneratorFor<NonNull<string>>().Select(s => Quote(s.Get)));
        Prop.ForAll(Tree(scalar, 4).ToArbitrary(), json =>
        {
            var text = HoconText.Json($"{{\"root\":{json}}}");
            HoconText.Json(text).ShouldBe(text);
            System.Text.Json.Nodes.JsonNode.DeepEquals(System.Text.Json.Nodes.JsonNode.Parse(text)!["root"], System.Text.Json.Nodes.JsonNode.Parse(json)).ShouldBeTrue();
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Any_text_in_three_quotes_or_escaped_is_kept()
    {
        Prop.ForAll(ArbMap.Default.ArbFor<NonNull<string>>(), text =>
            ((HoconScalar)((HoconObject)HoconText.Parse($"a = {Quote(text.Get)}").Root)["a"]!.Value).Text.ShouldBe(text.Get)).QuickCheckThrowOnFailure();
    }

    private static Gen<string> Tree(Gen<string> scalar, int depth) => depth == 0
        ? scalar
        : Gen.OneOf(
            scalar,
            Tree(scalar, depth - 1).ListOf(3).Select(items => $"[{string.Join(", ", items)}]"),
            Tree(scalar, depth - 1).ListOf(3).Select(items => $"{{{string.Join(", ", items.Select((item, i) => $"\"k.{i}\" : {item}"))}}}"));

    /// <summary>A JSON string with every character escaped that is not a letter or digit: valid for lone surrogates too.</summary>
    private static string Quote(string text) =>
        "\"" + string.Concat(text.Select(c => char.IsAsciiLetterOrDigit(c) ? c.ToString() : $"\\u{(int)c:x4}")) + "\"";

    private static HoconDocument Parse(byte[] bytes) => HoconDocument.Parse(bytes, "random.conf", environment: _ => null, readInclude: _ => null);
}
