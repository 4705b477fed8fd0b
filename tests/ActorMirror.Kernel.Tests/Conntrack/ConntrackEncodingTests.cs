using ActorMirror.Kernel.Conntrack;
using ActorMirror.Kernel.Native;
using ActorMirror.Kernel.Netlink;

namespace ActorMirror.Kernel.Tests.Conntrack;

public sealed class ConntrackEncodingTests
{
    [Fact]
    public void The_reply_that_is_sent_is_the_untranslated_one()
    {
        var entry = Samples.Tcp(40000);
        var read = Decode(Samples.Message(entry));
        read.Original.ShouldBe(entry.Original);
        read.Reply.ShouldBe(entry.Original.Inverse);
        read.Mark.ShouldBe(entry.Mark);
        read.Tcp.ShouldBe(entry.Tcp);
    }

    public static TheoryData<string, ushort, string, ushort, bool> Translations => new()
    {
        // reply source, port, reply destination, port, translated
        { "10.1.0.100", 5000, "10.1.0.2", 40000, false },
        { "10.2.0.2", 5000, "10.1.0.2", 40000, true },
        { "10.1.0.100", 5001, "10.1.0.2", 40000, true },
        { "10.1.0.100", 5000, "10.2.0.50", 40000, true },
        { "10.1.0.100", 5000, "10.1.0.2", 40001, true },
        { "10.2.0.2", 5001, "10.2.0.50", 40001, true },
    };

    [Theory]
    [MemberData(nameof(Translations))]
    public void Translations_follow_from_the_two_directions(
        string source, ushort sourcePort, string destination, ushort destinationPort, bool translated)
    {
        var entry = Samples.Tcp(40000) with
        {
            Reply = new ConntrackTuple(ConntrackTuple.Tcp, Samples.Address(source), sourcePort, Samples.Address(destination), destinationPort),
        };
        var types = AttributeTypes(Samples.Message(entry));
        types.Contains(ConntrackAttribute.NatDst).ShouldBe(translated);
        types.Contains(ConntrackAttribute.NatSrc).ShouldBe(translated);
    }

    [Fact]
    public void The_longest_message_fits_its_buffer()
    {
        var v6 = Samples.Tcp(40000) with
        {
            Original = new ConntrackTuple(ConntrackTuple.Tcp, Samples.Address("2001:db8::2"), 1, Samples.Address("2001:db8::100"), 2),
            Reply = new ConntrackTuple(ConntrackTuple.Tcp, Samples.Address("2001:db8:1::2"), 3, Samples.Address("2001:db8:1::50"), 4),
        };
        Samples.Message(v6).Length.ShouldBeLessThanOrEqualTo(ConntrackEncoder.MaximumMessageBytes);
        Decode(Samples.Message(v6)).Original.ShouldBe(v6.Original);
    }

    private static ConntrackEntry Decode(byte[] bytes)
    {
        var messages = new NetlinkMessages(bytes);
        messages.MoveNext().ShouldBeTrue();
        var message = messages.Current;
        ConntrackDecoder.TryEntry(in message, out var entry).ShouldBeTrue();
        return entry;
    }

    private static List<ushort> AttributeTypes(byte[] bytes)
    {
        var messages = new NetlinkMessages(bytes);
        messages.MoveNext().ShouldBeTrue();
        var types = new List<ushort>();
        foreach (var attribute in messages.Current.Attributes(4)) types.Add(attribute.Type);
        return types;
    }
}
