using ActorMirror.Domain.Addresses;
using ActorMirror.Domain.Connections;

namespace ActorMirror.Tests.Addresses;

public sealed class AddressTests
{
    [Theory]
    [InlineData("10.20.0.254")]
    [InlineData("0.0.0.0")]
    [InlineData("255.255.255.255")]
    [InlineData("2001:db8::1")]
    [InlineData("::")]
    public void Text_survives_the_way_in_and_out(string text) => Address.Parse(text).ToString().ShouldBe(text);

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("10.1")]
    [InlineData("10.0.0.256")]
    [InlineData("fe80::1%eth0")]
    [InlineData("name")]
    public void What_is_no_address_is_refused(string? text) => Address.TryParse(text, out _).ShouldBeFalse();

    [Theory]
    [InlineData("10.20.0.254/24", "10.20.0.11", true)]
    [InlineData("10.20.0.254/24", "10.20.1.11", false)]
    [InlineData("10.20.0.254/32", "10.20.0.254", true)]
    [InlineData("0.0.0.0/0", "203.0.113.9", true)]
    [InlineData("0.0.0.0/0", "2001:db8::1", false)]
    [InlineData("::/0", "2001:db8::1", true)]
    [InlineData("2001:db8::/32", "2001:db8:5::1", true)]
    public void A_prefix_contains_its_subnet(string prefix, string address, bool contains)
    {
        Prefix.TryParse(prefix, out var parsed).ShouldBeTrue();
        parsed.Contains(Address.Parse(address)).ShouldBe(contains);
    }

    [Theory]
    [InlineData("10.0.0.1:80")]
    [InlineData("[2001:db8::1]:443")]
    public void An_endpoint_survives_the_way_in_and_out(string text) => Endpoint.Parse(text).ToString().ShouldBe(text);

    [Theory]
    [InlineData("10.0.0.1")]
    [InlineData("10.0.0.1:65536")]
    [InlineData("[10.0.0.1]:80")]
    [InlineData("2001:db8::1:443")]
    public void What_is_no_endpoint_is_refused(string text) => Endpoint.TryParse(text, out _).ShouldBeFalse();

    [Theory]
    [InlineData("10.0.0.1:80", true, false)]
    [InlineData("10.0.0.1:*", true, true)]
    [InlineData("[2001:db8::1]:443", true, false)]
    [InlineData("10.50.0.0/16:*", false, true)]
    [InlineData("0.0.0.0/0:53", false, false)]
    [InlineData("[::]/0:443", false, false)]
    [InlineData("[2001:db8::]/32:*", false, true)]
    public void A_destination_survives_the_way_in_and_out(string text, bool isHost, bool isAnyPort)
    {
        Destination.TryParse(text, out var parsed).ShouldBeTrue();
        (parsed.ToString(), parsed.IsHost, parsed.IsAnyPort).ShouldBe((text, isHost, isAnyPort));
    }

    [Fact]
    public void Port_0_is_any_port_and_a_full_prefix_an_address()
    {
        Destination.TryParse("10.0.0.1/32:0", out var parsed).ShouldBeTrue();
        parsed.ToString().ShouldBe("10.0.0.1:*");
    }

    [Theory]
    [InlineData("10.0.0.1")]
    [InlineData("10.0.0.1/24:80")]
    [InlineData("10.0.0.0/33:80")]
    [InlineData("10.0.0.0/:80")]
    [InlineData("10.0.0.0/8/8:80")]
    [InlineData("10.0.0.0/8:any")]
    [InlineData("10.0.0.0/8:-1")]
    [InlineData("2001:db8::/32:80")]
    [InlineData("[2001:db8::/32]:80")]
    [InlineData("[10.0.0.0]/8:80")]
    public void What_is_no_destination_is_refused(string text) => Destination.TryParse(text, out _).ShouldBeFalse();

    [Fact]
    public void A_mark_gives_back_its_numbers()
    {
        var mark = FlowMark.Create(FlowMark.MaximumTrafficGroup, FlowMark.MaximumVirtualServer, FlowMark.MaximumMember);
        (mark.IsOurs, mark.TrafficGroup, mark.VirtualServer, mark.Member).ShouldBe((true, 63, 1023, 2047));
        FlowMark.Create(1, 1, 1).Value.ShouldBe(0xA040_1002u);
        new FlowMark(0).IsOurs.ShouldBeFalse();
        Should.Throw<ArgumentOutOfRangeException>(() => FlowMark.Create(0, 1, 1));
        Should.Throw<ArgumentOutOfRangeException>(() => FlowMark.Create(1, 1024, 1));
    }
}
