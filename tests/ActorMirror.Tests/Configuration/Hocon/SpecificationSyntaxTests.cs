using static ActorMirror.Tests.Configuration.Hocon.HoconText;

namespace ActorMirror.Tests.Configuration.Hocon;

/// <summary>
/// The examples of the HOCON specification (https://github.com/lightbend/config/blob/main/HOCON.md), chapter "Syntax", up to
/// paths as keys. Each test names its section.
/// </summary>
public class SpecificationSyntaxTests
{
    [Theory]
    [InlineData("""{ "a" : [1, -2.5e3, 1e+5, "x\n\u0041\/", true, false, null, {}, []] }""", """{"a":[1,-2.5e3,1e+5,"x\nA/",true,false,null,{},[]]}""")]
    [InlineData("{\"a\"\n:\n1}", """{"a":1}""")]
    [InlineData("[ 1, 2 ]", "[1,2]")]
    [InlineData("\uFEFF a : 1", """{"a":1}""")]
    public void Unchanged_from_JSON(string text, string json) => Json(text).ShouldBe(json);

    [Theory]
    [InlineData("a = \"tab\there\"")]
    [InlineData("a = \"open")]
    [InlineData("a = \"\\x\"")]
    [InlineData("a = \"\\u12\"")]
    public void Unchanged_from_JSON_quoted_strings(string text) => Problems(text).ShouldHaveSingleItem();

    [Theory]
    [InlineData("a = 1 // one\n# two\nb = 3 # three", """{"a":1,"b":3}""")]
    [InlineData("a = \"# // no comment\"", """{"a":"# // no comment"}""")]
    [InlineData("a = x//comment", """{"a":"x"}""")]
    [InlineData("a = /usr/bin", """{"a":"/usr/bin"}""")]
    public void Comments(string text, string json) => Json(text).ShouldBe(json);

    [Theory]
    [InlineData("", "{}")]
    [InlineData("a : 1", """{"a":1}""")]
    [InlineData("\n# nothing\n", "{}")]
    public void Omit_root_braces(string text, string json) => Json(text).ShouldBe(json);

    [Theory]
    [InlineData("a : 1 }")]
    [InlineData("{ a : 1")]
    [InlineData("{ a : 1 } b : 2")]
    public void Omit_root_braces_but_balanced(string text) => Problems(text).ShouldHaveSingleItem();

    [Theory]
    [InlineData("a = 1, b : 2, c { d = 3 }, e\n{ f = 4 }", """{"a":1,"b":2,"c":{"d":3},"e":{"f":4}}""")]
    [InlineData("\"foo\" {}", """{"foo":{}}""")]
    public void Key_value_separator(string text, string json) => Json(text).ShouldBe(json);

    [Theory]
    [InlineData("a = [1,2,3,]", """{"a":[1,2,3]}""")]
    [InlineData("a = [1\n2\n3]", """{"a":[1,2,3]}""")]
    [InlineData("a = [1\n,\n2]", """{"a":[1,2]}""")]
    [InlineData("{ a = 1, b = 2, }", """{"a":1,"b":2}""")]
    [InlineData("{ a = 1\nb = 2\n}", """{"a":1,"b":2}""")]
    public void Commas(string text, string json) => Json(text).ShouldBe(json);

    [Theory]
    [InlineData("a = [1,2,3,,]")]
    [InlineData("a = [,1,2,3]")]
    [InlineData("a = [1,,2,3]")]
    [InlineData("{ a = 1,, b = 2 }")]
    [InlineData("{ , a = 1 }")]
    [InlineData("{ a { b = 1 } c = 2 }")]
    public void Commas_in_the_wrong_place(string text) => Problems(text).ShouldHaveSingleItem();

    [Theory]
    [InlineData("\u00a0a\u2007=\u202f1\v\f\r\n\u001cb\u001d=\u001e2\u001f", """{"a":1,"b":2}""")]
    [InlineData("a = x\u2028\u2029", """{"a":"x"}""")]
    public void Whitespace(string text, string json) => Json(text).ShouldBe(json);

    [Theory]
    [InlineData("""{ "foo" : { "a" : 42 }, "foo" : { "b" : 43 } }""", """{"foo":{"a":42,"b":43}}""")]
    [InlineData("""{ "foo" : { "a" : 42 }, "foo" : null, "foo" : { "b" : 43 } }""", """{"foo":{"b":43}}""")]
    [InlineData("a = 1, a = 2", """{"a":2}""")]
    [InlineData("a { x = 1, y { z = 1 } }, a { x = 2, y { w = 3 } }", """{"a":{"x":2,"y":{"z":1,"w":3}}}""")]
    public void Duplicate_keys_and_object_merging(string text, string json) => Json(text).ShouldBe(json);

    [Theory]
    [InlineData("a = truefoo", """{"a":"truefoo"}""")]
    [InlineData("a = footrue", """{"a":"footrue"}""")]
    [InlineData("a = 10.0bar", """{"a":"10.0bar"}""")]
    [InlineData("a = bar10.0", """{"a":"bar10.0"}""")]
    [InlineData("a = 1.2.3", """{"a":"1.2.3"}""")]
    [InlineData("a = 007", """{"a":"007"}""")]
    [InlineData("a = a-b_c/d.e(f)<g>", """{"a":"a-b_c/d.e(f)<g>"}""")]
    public void Unquoted_strings(string text, string json) => Json(text).ShouldBe(json);

    [Theory]
    [InlineData('$')]
    [InlineData('+')]
    [InlineData('`')]
    [InlineData('^')]
    [InlineData('?')]
    [InlineData('!')]
    [InlineData('@')]
    [InlineData('*')]
    [InlineData('&')]
    [InlineData('\\')]
    public void Unquoted_strings_forbidden_characters(char c) => Problem($"a = x{c}y").ShouldContain($"'{c}' is reserved");

    [Theory]
    [InlineData("a = \"\"\"foo\"\"\"", """{"a":"foo"}""")]
    [InlineData("a = \"\"\"foo\"\"\"\"", """{"a":"foo\""}""")]
    [InlineData("a = \"\"\"\"foo\"\"\"", """{"a":"\"foo"}""")]
    [InlineData("a = \"\"\"x\n  \\u0041 y\"\"\"\nb = 1", """{"a":"x\n  \\u0041 y","b":1}""")]
    [InlineData("a = \"\"\"\"\"\"", """{"a":""}""")]
    public void Multi_line_strings(string text, string json) => Json(text).ShouldBe(json);

    [Fact]
    public void Multi_line_strings_count_lines() =>
        Parse("a = \"\"\"x\n\n\"\"\"\nb = @").Problems.ShouldContain(p => p.Position.Line == 4 && p.Position.Column == 5);

    [Theory]
    [InlineData("a =  foo bar baz  ", """{"a":"foo bar baz"}""")]
    [InlineData("a = true", """{"a":true}""")]
    [InlineData("a = true foo", """{"a":"true foo"}""")]
    [InlineData("a = null 1e5  \"x\"", """{"a":"null 1e5  x"}""")]
    [InlineData("x = 10, a = ${x}.${x}", """{"x":10,"a":"10.10"}""")]
    public void String_value_concatenation(string text, string json) => Json(text).ShouldBe(json);

    [Theory]
    [InlineData("a : { b : 1 } { c : 2 }", """{"a":{"b":1,"c":2}}""")]
    [InlineData("a : { b : 1 }\na : { c : 2 }", """{"a":{"b":1,"c":2}}""")]
    [InlineData("a : [ 1, 2 ] [ 3, 4 ]", """{"a":[1,2,3,4]}""")]
    [InlineData("a : [ 1, 2 ]\na : ${a} [ 3, 4 ]", """{"a":[1,2,3,4]}""")]
    [InlineData("generic = { cluster-size = 6 }\neast = ${generic} { name = \"east\" }", """{"generic":{"cluster-size":6},"east":{"cluster-size":6,"name":"east"}}""")]
    [InlineData("path = [ /bin ]\npath = ${path} [ /usr/bin ]", """{"path":["/bin","/usr/bin"]}""")]
    [InlineData("a : [ 1\n, 2 ] [ 3 ]", """{"a":[1,2,3]}""")]
    public void Array_and_object_concatenation(string text, string json) => Json(text).ShouldBe(json);

    [Theory]
    [InlineData("a = [1] {b = 2}")]
    [InlineData("a = x [1]")]
    [InlineData("a = {b = 1} x")]
    [InlineData("x = [1], a = ${x} y")]
    public void Array_and_object_concatenation_does_not_mix(string text) => Problem(text).ShouldContain("cannot be joined");

    [Theory]
    [InlineData("a = [ 1 2 3 4 ]", """{"a":["1 2 3 4"]}""")]
    [InlineData("a = [ 1\n2\n3\n4 ]", """{"a":[1,2,3,4]}""")]
    [InlineData("a = [ [ 1, 2 ] [ 3, 4 ] ]", """{"a":[[1,2,3,4]]}""")]
    [InlineData("a = [ [ 1, 2 ]\n[ 3, 4 ] ]", """{"a":[[1,2],[3,4]]}""")]
    [InlineData("name = Ann, world = Earth, a = [ my name is ${name}, Hello ${world} ]", """{"name":"Ann","world":"Earth","a":["my name is Ann","Hello Earth"]}""")]
    public void Note_arrays_without_commas_or_newlines(string text, string json) => Json(text).ShouldBe(json);

    [Theory]
    [InlineData("foo.bar.\"hello.world\" = 1", """{"foo":{"bar":{"hello.world":1}}}""")]
    [InlineData("10.0foo = 1", """{"10":{"0foo":1}}""")]
    [InlineData("foo10.0 = 1", """{"foo10":{"0":1}}""")]
    [InlineData("foo\"10.0\" = 1", """{"foo10.0":1}""")]
    [InlineData("1.2.3 = 1", """{"1":{"2":{"3":1}}}""")]
    [InlineData("a.\"\".b = 1", """{"a":{"":{"b":1}}}""")]
    public void Path_expressions(string text, string json) => Json(text).ShouldBe(json);

    [Theory]
    [InlineData("a..b = 1")]
    [InlineData(".a = 1")]
    [InlineData("a. = 1")]
    [InlineData("b = ${a..b}")]
    [InlineData("b = ${}")]
    public void Path_expressions_without_empty_elements(string text) => Problem(text).ShouldContain("is not a path");

    [Theory]
    [InlineData("foo.bar : 42", """{"foo":{"bar":42}}""")]
    [InlineData("foo.bar.baz : 42", """{"foo":{"bar":{"baz":42}}}""")]
    [InlineData("a.x : 42, a.y : 43", """{"a":{"x":42,"y":43}}""")]
    [InlineData("a b c : 42", """{"a b c":42}""")]
    [InlineData("true : 42", """{"true":42}""")]
    [InlineData("3 : 42", """{"3":42}""")]
    [InlineData("3.14 : 42", """{"3":{"14":42}}""")]
    public void Paths_as_keys(string text, string json) => Json(text).ShouldBe(json);
}
