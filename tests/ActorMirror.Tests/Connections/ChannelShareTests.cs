using ActorMirror.Domain.Addresses;
using ActorMirror.Domain.Connections;
using ActorMirror.Tests.Support;

namespace ActorMirror.Tests.Connections;

public sealed class ChannelShareTests
{
    /// <summary>Both ends deal alike, whatever they run on: the numbers are part of the protocol.</summary>
    [Theory]
    [InlineData("10.1.0.1:40000", "10.10.0.100:80", TransportProtocol.Tcp, 79)]
    [InlineData("10.1.0.1:40001", "10.10.0.100:80", TransportProtocol.Tcp, 78)]
    [InlineData("10.1.0.1:40000", "10.10.0.100:80", TransportProtocol.Udp, 73)]
    [InlineData("[2001:db8::1]:40000", "[2001:db8::100]:443", TransportProtocol.Tcp, 96)]
    public void A_connection_has_the_same_channel_on_every_device(string client, string server, TransportProtocol protocol, int expected) =>
        ChannelShare.NumberOf(new FlowKey(protocol, Endpoint.Parse(client), Endpoint.Parse(server)), 127).ShouldBe(expected);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    [InlineData(127)]
    public void Each_connection_is_in_one_channel_and_the_channels_are_about_equally_full(int channels)
    {
        const int Connections = 50_000;
        var counts = new int[channels];
        for (var i = 0; i < Connections; i++) counts[ChannelShare.NumberOf(Flows.Key(i), channels) - 1]++;
        counts.ShouldAllBe(count => Math.Abs(count - Connections / channels) < 6 * Math.Sqrt(Connections / channels) + 1);

        var shares = ChannelShare.All(channels);
        shares.Count(s => s.Has(Flows.Key(7))).ShouldBe(1);
        shares.Sum(s => s.Of(1000)).ShouldBeInRange(1000, 1000 + channels);
    }
}
