using ActorMirror.Domain.Addresses;
using FsCheck;
using FsCheck.Fluent;

namespace ActorMirror.Tests.Addresses;

public sealed class PrefixRangesTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("10.0.0.0/8", "10.0.0.0-10.255.255.255 /8")]
    [InlineData("10.0.0.0/8 10.0.0.0/8", "10.0.0.0-10.255.255.255 /8")]
    [InlineData("0.0.0.0/0 10.1.0.0/16", "0.0.0.0-10.0.255.255 /0, 10.1.0.0-10.1.255.255 /16/0, 10.2.0.0-255.255.255.255 /0")]
    [InlineData("10.0.0.0/30 10.0.0.0/32 10.0.0.3/32", "10.0.0.0-10.0.0.0 /32/30, 10.0.0.1-10.0.0.2 /30, 10.0.0.3-10.0.0.3 /32/30")]
    [InlineData("10.0.0.0/24 10.0.1.0/24 192.0.2.0/24", "10.0.0.0-10.0.0.255 /24, 10.0.1.0-10.0.1.255 /24, 192.0.2.0-192.0.2.255 /24")]
    [InlineData("255.255.255.255/32 0.0.0.0/0", "0.0.0.0-255.255.255.254 /0, 255.255.255.255-255.255.255.255 /32/0")]
    [InlineData("::/0 ffff::/16", "::-fffe:ffff:ffff:ffff:ffff:ffff:ffff:ffff /0, ffff::-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff /16/0")]
    public void Nested_prefixes_become_disjoint_ranges(string prefixes, string expected) =>
        string.Join(", ", PrefixRanges.Of(prefixes.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(Parse))
            .Select(r => $"{r.First}-{r.Last} {string.Concat(r.Covering.Select(p => $"/{p.Length}"))}")).ShouldBe(expected);

    /// <summary>Of 16 addresses, so that prefixes meet.</summary>
    [Fact]
    public void The_range_of_an_address_says_the_prefixes_that_contain_it() => Prop.ForAll<byte[]>(given =>
    {
        var prefixes = Array.ConvertAll(given, g => new Prefix(Address.FromV4(0x0a00_0000u | (g & 15u)), 28 + ((g >> 4) % 5)));
        var ranges = PrefixRanges.Of(prefixes).ToList();
        for (var host = 0u; host < 16; host++)
        {
            var address = Address.FromV4(0x0a00_0000u | host);
            var covering = ranges.Where(r => r.First <= address && address <= r.Last).ToList();
            covering.Count.ShouldBeLessThanOrEqualTo(1);
            (covering.Count == 0 ? [] : covering[0].Covering.Select(p => p.Length))
                .ShouldBe(prefixes.Where(p => p.Contains(address)).Select(p => p.Length).Distinct().OrderDescending());
        }
    }).QuickCheckThrowOnFailure();

    private static Prefix Parse(string text) => Prefix.TryParse(text, out var prefix) ? prefix : throw new FormatException(text);
}
