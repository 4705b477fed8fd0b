using ActorMirror.Domain.Connections;

namespace ActorMirror.Tests.Connections;

public sealed class FlowQuestionTests
{
    [Theory]
    [InlineData("tcp 10.10.0.10:40000 10.10.0.100:5000", "tcp 10.10.0.10:40000 > 10.10.0.100:5000")]
    [InlineData("UDP 10.10.0.10:40000 -> 10.10.0.100:5000", "udp 10.10.0.10:40000 > 10.10.0.100:5000")]
    [InlineData(" 10.10.0.10:40000 > 10.10.0.100:5000 ", "10.10.0.10:40000 > 10.10.0.100:5000")]
    [InlineData("10.10.0.10:40000 10.10.0.100:5000", "10.10.0.10:40000 > 10.10.0.100:5000")]
    [InlineData("tcp 10.10.0.10:40000, 10.10.0.100:5000", "tcp 10.10.0.10:40000 > 10.10.0.100:5000")]
    [InlineData("tcp [2001:db8::10]:40000 → [2001:db8::100]:5000", "tcp [2001:db8::10]:40000 > [2001:db8::100]:5000")]
    public void What_people_write_is_read(string text, string expected)
    {
        FlowQuestion.Parse(text, out var problem).ShouldNotBeNull().ToString().ShouldBe(expected);
        problem.ShouldBeNull();
    }

    [Theory]
    [InlineData("", "0 addresses")]
    [InlineData("tcp 10.10.0.10:40000", "1 address with a port")]
    [InlineData("tcp 1.1.1.1:1 2.2.2.2:2 3.3.3.3:3", "3 addresses")]
    [InlineData("sctp 1.1.1.1:1 2.2.2.2:2", "'sctp' is no address")]
    [InlineData("tcp 10.10.0.10 10.10.0.100:5000", "'10.10.0.10' is no address with a port")]
    [InlineData("tcp 10.10.0.10:70000 10.10.0.100:5000", "'10.10.0.10:70000'")]
    [InlineData("tcp 2001:db8::1:80 [2001:db8::100]:5000", "'2001:db8::1:80'")]
    [InlineData("tcp [2001:db8::10]:40000 10.10.0.100:5000", "not of one family")]
    public void What_cannot_be_read_says_what_is_wrong(string text, string expected)
    {
        FlowQuestion.Parse(text, out var problem).ShouldBeNull();
        problem.ShouldNotBeNull().ShouldContain(expected);
    }

    [Fact]
    public void Without_a_protocol_it_is_either() =>
        FlowQuestion.Parse("1.1.1.1:1 2.2.2.2:2", out _)!.Keys.Select(k => k.Protocol).ShouldBe([TransportProtocol.Tcp, TransportProtocol.Udp]);
}
