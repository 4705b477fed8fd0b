using ActorMirror.Domain;

namespace ActorMirror.Tests;

public sealed class DigestTests
{
    private const ulong Prime = 1099511628211;

    [Fact]
    public void It_is_FNV_1a_of_the_lines_with_their_ends()
    {
        Digest.Of([]).ShouldBe(0xcbf29ce484222325);
        Digest.Of(["foobar"]).ShouldBe(unchecked((0x85944171f73967e8 ^ '\n') * Prime)); // FNV-1a of "foobar", as published with the algorithm
    }

    [Fact]
    public void The_same_letters_in_other_lines_are_another_text() => Digest.Of(["ab", "c"]).ShouldNotBe(Digest.Of(["a", "bc"]));
}
