using ActorMirror.Lab.Traffic;

namespace ActorMirror.Lab.Tests.Traffic;

public sealed class StreamStateTests
{
    private readonly byte[] _message = new byte[Message.MinimumSize];

    [Fact]
    public void Each_side_learns_what_the_other_received()
    {
        StreamState client = new(flow: 1, sender: 10), server = new(flow: 1, sender: 20);

        Pass(client, server).ShouldBe(FlowEnd.None);
        Pass(client, server).ShouldBe(FlowEnd.None);
        Pass(server, client).ShouldBe(FlowEnd.None);

        client.Confirmed.ShouldBe(2);
        client.Receipts.Received.ShouldBe(1);
    }

    [Fact]
    public void Every_changed_byte_is_noticed()
    {
        new StreamState(flow: 7, sender: 10).Compose(_message, interval: 50_000, now: 1);
        Message.TryRead(_message, out _).ShouldBeTrue();

        // The age of a silence and the reserved word, bytes 40 to 47, are not part of the content.
        foreach (var index in Enumerable.Range(0, _message.Length).Except(Enumerable.Range(40, 8)))
        {
            _message[index] ^= 0x10;
            Message.TryRead(_message, out _).ShouldBeFalse($"byte {index}");
            _message[index] ^= 0x10;
        }
    }

    [Fact]
    public void A_left_out_message_ends_a_TCP_stream()
    {
        StreamState client = new(flow: 1, sender: 10), server = new(flow: 1, sender: 20);
        client.Compose(_message, 0, now: 1);

        Pass(client, server, inOrder: true).ShouldBe(FlowEnd.Corrupt);
    }

    [Fact]
    public void A_flow_that_reaches_another_server_ends()
    {
        StreamState client = new(flow: 1, sender: 10), first = new(flow: 1, sender: 20), second = new(flow: 1, sender: 21);

        Pass(first, client).ShouldBe(FlowEnd.None);
        Pass(second, client).ShouldBe(FlowEnd.OtherServer);
    }

    private FlowEnd Pass(StreamState from, StreamState to, bool inOrder = false)
    {
        from.Compose(_message, 0, now: 1);
        Message.TryRead(_message, out var header).ShouldBeTrue();
        return inOrder ? to.AcceptNext(header, now: 2) : to.Accept(header, now: 2);
    }
}
