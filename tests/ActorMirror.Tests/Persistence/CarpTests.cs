using System.Globalization;
using ActorMirror.Domain.Persistence;

namespace ActorMirror.Tests.Persistence;

/// <summary>Vectors computed by hand from the draft, and what it promises.</summary>
public class CarpTests
{
    private static readonly string[] Members = ["10.0.0.1:80", "10.0.0.2:80", "10.0.0.3:80"];

    [Fact]
    public void Hashes_are_those_of_the_draft()
    {
        Carp.HashOfMember("10.0.0.1:80").ShouldBe(0x79d52c34u);
        Carp.HashOfKey("client-a").ShouldBe(0x8fb6aeabu);
        Members.Select(m => Carp.Combine(Carp.HashOfMember(m), 0x8fb6aeab)).ShouldBe([0x4b435e92, 0x558135d9, 0x1890b40b]);
        Choose(Members, [1, 1, 1], "client-a").ShouldBe(1);
    }

    [Fact]
    public void Multipliers_are_those_of_the_draft()
    {
        var multipliers = Carp.Multipliers([4, 4, 2]);
        multipliers.Select(m => Math.Round(m, 6)).ShouldBe([1.088867, 1.088867, 0.843433]);
        Carp.Multipliers([1, 1, 1]).ShouldAllBe(m => Math.Abs(m - 1) < 1e-12);
        Carp.Multipliers([7]).ShouldBe([1.0]);
    }

    [Fact]
    public void A_member_that_goes_takes_only_its_own_keys_and_each_has_its_share()
    {
        int[] weights = [4, 4, 2];
        var before = Enumerable.Range(0, 20_000).Select(i => Choose(Members, weights, Key(i))).ToArray();
        for (var member = 0; member < Members.Length; member++) before.Count(m => m == member).ShouldBeInRange(1750 * weights[member], 2250 * weights[member]);
        for (var i = 0; i < before.Length; i++)
        {
            var after = Choose(Members[..2], weights[..2], Key(i));
            if (before[i] < 2) after.ShouldBe(before[i]);
        }
    }

    private static string Key(int number) => $"client-{number.ToString(CultureInfo.InvariantCulture)}";

    private static int Choose(string[] members, int[] weights, string key) =>
        Carp.Choose([.. members.Select(Carp.HashOfMember)], Carp.Multipliers(weights), Carp.HashOfKey(key));
}
