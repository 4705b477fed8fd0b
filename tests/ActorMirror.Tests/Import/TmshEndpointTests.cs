using ActorMirror.Import;
using ActorMirror.Import.BigIp;
using ActorMirror.Import.Hocon;

namespace ActorMirror.Tests.Import;

public sealed class TmshEndpointTests
{
    [Theory]
    [InlineData("/Common/10.0.0.1:80", "10.0.0.1", "0", "80")]
    [InlineData("10.0.0.1%10:http", "10.0.0.1", "10", "http")]
    [InlineData("10.0.0.1%0:http", "10.0.0.1", "0", "http")]
    [InlineData("/Common/2001:db8::1.443", "2001:db8::1", "0", "443")]
    [InlineData("/A/B/2001:db8::1%2.any", "2001:db8::1", "2", "any")]
    [InlineData("any6.0", "any6", "0", "0")]
    [InlineData("*:*", "*", "0", "*")]
    [InlineData("/Common/web.example.net:8080", "web.example.net", "0", "8080")]
    [InlineData("/Common/::1.80", "::1", "0", "80")]
    [InlineData("10.0.0.1", "10.0.0.1", "0", "")]
    public void Ends_are_taken_apart(string text, string host, string routeDomain, string port) => TmshEndpoint.Parse(text).ShouldBe(new TmshEndpoint(host, routeDomain, port));

    [Theory]
    [InlineData("255.255.255.0", 24)]
    [InlineData("255.255.255.255", 32)]
    [InlineData("ffff:ffff::", 32)]
    [InlineData("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", 128)]
    [InlineData("any", 0)]
    [InlineData("255.0.255.0", null)]
    public void Masks_are_lengths(string mask, int? length) => TmshEndpoint.MaskLength(mask).ShouldBe(length);

    [Theory]
    [InlineData("https", 443)]
    [InlineData("65535", 65535)]
    [InlineData("0", null)]
    [InlineData("nonsense", null)]
    public void Ports_have_names(string text, int? port) => ((int?)new TmshEndpoint("x", "0", text).PortNumber).ShouldBe(port);

    [Theory]
    [InlineData(new[] { 200, 100 }, new[] { 2, 1 }, true)]
    [InlineData(new[] { 7, 0 }, new[] { 7, 1 }, true)]
    [InlineData(new[] { 1000, 1 }, new[] { 100, 1 }, false)]
    public void Ratios_keep_their_proportion(int[] given, int[] expected, bool isExact)
    {
        Ratios.Fit([.. given], out var exact).ShouldBe(expected);
        exact.ShouldBe(isExact);
    }

    [Fact]
    public void Names_are_short_and_unique()
    {
        var naming = new Naming();
        naming.Take("/Common/My.Server").ShouldBe("my-server");
        naming.Take("/Shop/My.Server").ShouldBe("shop-my-server");
        naming.Take("/Shop/My Server").ShouldBe("shop-my-server-2");
        naming.Take("/Common/" + new string('x', 80)).Length.ShouldBe(31);
        naming.Take("/Common/" + new string('x', 80)).Length.ShouldBe(31);
        naming.Take("///").ShouldBe("unnamed");
    }
}
