using static ActorMirror.Tests.Configuration.Hocon.HoconText;

namespace ActorMirror.Tests.Configuration.Hocon;

/// <summary>The examples of the HOCON specification, sections "Substitutions" to "Examples of Self-Referential Substitutions".</summary>
public class SpecificationSubstitutionTests
{
    [Theory]
    [InlineData("animal.favorite = cat, key : ${animal.favorite} is my favorite animal", """{"animal":{"favorite":"cat"},"key":"cat is my favorite animal"}""")]
    [InlineData("animal.favorite = cat, key : ${animal.favorite}\" is my favorite animal\"", """{"animal":{"favorite":"cat"},"key":"cat is my favorite animal"}""")]
    [InlineData("a = \"${b}\"", """{"a":"${b}"}""")]
    [InlineData("a = ${b}, b = 1, b = 2", """{"a":2,"b":2}""")]
    [InlineData("a = ${b}, b = [1], c = ${a} ${b}", """{"a":[1],"b":[1],"c":[1,1]}""")]
    [InlineData("a = ${x.y}, x { y = 1 }, x { y = { z = 2 } }", """{"a":{"z":2},"x":{"y":{"z":2}}}""")]
    [InlineData("a = ${\"x.y\".z}, \"x.y\" { z = 5 }", """{"a":5,"x.y":{"z":5}}""")]
    public void Substitutions(string text, string json) => Json(text).ShouldBe(json);

    [Theory]
    [InlineData("a = ${nowhere}")]
    [InlineData("a = [${nowhere}]")]
    [InlineData("a = x ${nowhere}")]
    public void Substitutions_undefined(string text) => Problem(text).ShouldContain("defined nowhere");

    [Theory]
    [InlineData("a = ${ ?b}")]
    [InlineData("a = ${b${c}}")]
    [InlineData("${a} = 1")]
    [InlineData("a = ${b")]
    public void Substitutions_malformed(string text) => Problems(text).ShouldNotBeEmpty();

    [Theory]
    [InlineData("foo = 1, foo : ${?bar}", """{"foo":1}""")]
    [InlineData("foo : ${?bar}", "{}")]
    [InlineData("foo : ${?bar}${?baz}", "{}")]
    [InlineData("a = [1, ${?b}, 2]", """{"a":[1,2]}""")]
    [InlineData("a = x${?b}y", """{"a":"xy"}""")]
    [InlineData("a = ${?b} [1]", """{"a":[1]}""")]
    [InlineData("a = ${?b} { c = 1 }", """{"a":{"c":1}}""")]
    public void Substitutions_optional(string text, string json) => Json(text).ShouldBe(json);

    [Theory]
    [InlineData("path : \"a:b:c\"\npath : ${path}\":d\"", """{"path":"a:b:c:d"}""")]
    [InlineData("a = ${?a}foo", """{"a":"foo"}""")]
    [InlineData("foo : ${?foo}", "{}")]
    public void Self_referential_substitutions(string text, string json) => Json(text).ShouldBe(json);

    [Theory]
    [InlineData("a : { b : ${a} }")]
    [InlineData("a : [${a}]")]
    [InlineData("a : ${a}")]
    [InlineData("a : ${a}bc")]
    public void Self_referential_substitutions_that_cannot_be_broken(string text) => Problem(text).ShouldContain("refers to itself");

    [Theory]
    [InlineData("a += b", """{"a":["b"]}""")]
    [InlineData("a = [1]\na += 2\na += [3]", """{"a":[1,2,[3]]}""")]
    [InlineData("x { a += 1 }, x.a += 2", """{"x":{"a":[1,2]}}""")]
    [InlineData("l = [{ a += 1, a += 2 }]", """{"l":[{"a":[1,2]}]}""")]
    public void The_append_field_separator(string text, string json) => Json(text).ShouldBe(json);

    [Fact]
    public void The_append_field_separator_needs_an_array() => Problem("a = 1, a += 2").ShouldContain("cannot be joined");

    [Theory]
    [InlineData("foo : { a : 1 }\nfoo : ${foo}", """{"foo":{"a":1}}""")]
    [InlineData("foo : ${does-not-exist}\nfoo : 42", """{"foo":42}""")]
    [InlineData("foo : ${foo}\nfoo : 42", """{"foo":42}""")]
    [InlineData("foo : { a : { c : 1 } }\nfoo : ${foo.a}\nfoo : { a : 2 }", """{"foo":{"a":2,"c":1}}""")]
    [InlineData("bar : { foo : 42, baz : ${bar.foo} }", """{"bar":{"foo":42,"baz":42}}""")]
    [InlineData("bar : { foo : 42, baz : ${bar.foo} }\nbar : { foo : 43 }", """{"bar":{"foo":43,"baz":43}}""")]
    [InlineData("bar : { a : ${foo.d}, b : 1 }\nbar.b = 3\nfoo : { c : ${bar.b}, d : 2 }\nfoo.d = 4", """{"bar":{"a":4,"b":3},"foo":{"c":3,"d":4}}""")]
    [InlineData("a = ${?a}foo", """{"a":"foo"}""")]
    public void Examples_of_self_referential_substitutions(string text, string json) => Json(text).ShouldBe(json);

    [Theory]
    [InlineData("foo : ${foo}")]
    [InlineData("foo : ${foo}\nfoo : { a : 1 }")]
    [InlineData("bar : ${foo}\nfoo : ${bar}")]
    [InlineData("a : ${b}\nb : ${c}\nc : ${a}")]
    public void Examples_of_self_referential_substitutions_that_are_errors(string text) =>
        Problems(text).ShouldContain(p => p.Message.Contains("refers to itself"));

    [Fact]
    public void Examples_of_self_referential_substitutions_give_both_the_same_value() =>
        Json("a : 1\nb : 2\na : ${b}\nb : ${a}").ShouldBeOneOf("""{"a":1,"b":1}""", """{"a":2,"b":2}""");

    [Theory]
    [InlineData("a = ${HOME}", """{"a":"/root"}""")]
    [InlineData("a = ${?HOME}/x", """{"a":"/root/x"}""")]
    [InlineData("a = ${EMPTY}", """{"a":""}""")]
    [InlineData("HOME = null, a = ${HOME}", """{"HOME":null,"a":null}""")]
    [InlineData("HOME = mine, a = ${HOME}", """{"HOME":"mine","a":"mine"}""")]
    public void Substitution_fallback_to_environment_variables(string text, string json) =>
        Json(text, new Dictionary<string, string> { ["HOME"] = "/root", ["EMPTY"] = "" }).ShouldBe(json);

    [Theory]
    [InlineData("""a = ["x"] {"0":"b","2":"c"}""", """{"a":["x","b","c"]}""")]
    [InlineData("a.1 = y, a.0 = x, b = ${a} [z]", """{"a":{"1":"y","0":"x"},"b":["x","y","z"]}""")]
    public void Conversion_of_numerically_indexed_objects_to_arrays(string text, string json) => Json(text).ShouldBe(json);
}
