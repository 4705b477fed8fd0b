using static ActorMirror.Tests.Configuration.Hocon.HoconText;

namespace ActorMirror.Tests.Configuration.Hocon;

/// <summary>The examples of the HOCON specification, section "Includes".</summary>
public class SpecificationIncludeTests
{
    private static readonly Dictionary<string, string> Files = new()
    {
        ["/etc/foo.conf"] = "x : 10, y : ${x}",
        ["/etc/sub/one.conf"] = "include \"two.conf\", one = 1",
        ["/etc/sub/two.conf"] = "two = ${?one}${?root}",
        ["/etc/both.conf"] = "from = conf, conf = 1",
        ["/etc/both.json"] = """{ "from": "json", "json": 1 }""",
        ["/etc/array.conf"] = "[1]",
        ["/etc/circle.conf"] = "include \"circle.conf\"",
        ["/etc/broken.conf"] = "a = 1\nb = @",
        ["/opt/abs.conf"] = "abs = 1",
    };

    [Theory]
    [InlineData("include \"foo.conf\"", """{"x":10,"y":10}""")]
    [InlineData("include   \n \"foo.conf\", b = 1", """{"x":10,"y":10,"b":1}""")]
    [InlineData("include file( \"/opt/abs.conf\" )", """{"abs":1}""")]
    [InlineData("include required(\"foo.conf\")", """{"x":10,"y":10}""")]
    [InlineData("include required(file(\"/opt/abs.conf\"))", """{"abs":1}""")]
    [InlineData("{ foo include : 42 }", """{"foo include":42}""")]
    [InlineData("{ foo : include }", """{"foo":"include"}""")]
    [InlineData("a = [ include ]", """{"a":["include"]}""")]
    [InlineData("{ \"include\" : 42 }", """{"include":42}""")]
    public void Include_syntax(string text, string json) => Json(text, files: Files).ShouldBe(json);

    [Theory]
    [InlineData("include foo.conf")]
    [InlineData("include = 1")]
    [InlineData("include url(\"http://x/y.conf\")")]
    [InlineData("include classpath(\"y.conf\")")]
    [InlineData("include \"foo.conf\" \"bar.conf\"")]
    [InlineData("include ${x}")]
    public void Include_syntax_errors(string text) => Problems(text, Files).ShouldHaveSingleItem();

    [Theory]
    [InlineData("x = 1\ninclude \"foo.conf\"", """{"x":10,"y":10}""")]
    [InlineData("include \"foo.conf\"\nx = { z = 1 }\ny = 2", """{"x":{"z":1},"y":2}""")]
    public void Include_semantics_merging(string text, string json) => Json(text, files: Files).ShouldBe(json);

    [Fact]
    public void Include_semantics_merging_needs_an_object() => Problem("include \"array.conf\"", Files).ShouldContain("not an array");

    [Theory]
    [InlineData("{ a : { include \"foo.conf\" } }", """{"a":{"x":10,"y":10}}""")]
    [InlineData("{ a : { include \"foo.conf\" }, a : { x : 42 } }", """{"a":{"x":42,"y":42}}""")]
    [InlineData("a.b { include \"sub/one.conf\" }", """{"a":{"b":{"two":"1","one":1}}}""")]
    [InlineData("root = r, a { include \"sub/two.conf\" }", """{"root":"r","a":{"two":"r"}}""")]
    public void Include_semantics_substitution(string text, string json) => Json(text, files: Files).ShouldBe(json);

    [Fact]
    public void Include_semantics_missing_files() => Json("include \"none.conf\", a = 1", files: Files).ShouldBe("""{"a":1}""");

    [Fact]
    public void Include_semantics_missing_files_that_are_required() =>
        Problem("include required(\"none.conf\")", Files).ShouldContain("does not exist");

    [Fact]
    public void Include_semantics_file_formats_and_extensions() =>
        Json("include \"both\"", files: Files).ShouldBe("""{"from":"conf","json":1,"conf":1}""");

    [Fact]
    public void Include_semantics_locating_resources_is_relative_to_the_including_file() =>
        Json("include \"sub/one.conf\"", files: Files).ShouldBe("""{"two":"1","one":1}""");

    [Fact]
    public void Circles_are_errors() => Problem("include \"circle.conf\"", Files).ShouldContain("includes itself");

    [Fact]
    public void A_problem_names_the_included_file()
    {
        var problem = Problems("\n\ninclude \"broken.conf\"", Files).ShouldHaveSingleItem();
        (problem.Position.File, problem.Position.Line, problem.Position.Column).ShouldBe(("/etc/broken.conf", 2, 5));
    }

    [Fact]
    public void Values_know_file_line_and_column()
    {
        var root = (ActorMirror.Configuration.Hocon.HoconObject)Parse("include \"foo.conf\"\n\n  z = [1,\n   2]", files: Files).Root;
        root["x"]!.Value.Position.ToString().ShouldBe("/etc/foo.conf:1:5");
        root["z"]!.KeyPosition.ToString().ShouldBe("/etc/main.conf:3:3");
        ((ActorMirror.Configuration.Hocon.HoconArray)root["z"]!.Value).Items[1].Position.ToString().ShouldBe("/etc/main.conf:4:4");
    }
}
