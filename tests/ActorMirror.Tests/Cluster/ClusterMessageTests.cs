using ActorMirror.Cluster.Corosync;
using ActorMirror.Domain.Cluster;
using FsCheck;
using FsCheck.Fluent;

namespace ActorMirror.Tests.Cluster;

public sealed class ClusterMessageTests
{
    [Fact]
    public void The_bytes_of_a_command()
    {
        var bytes = new byte[ClusterMessage.HeaderLength + 2];
        ClusterMessage.WriteHeader(bytes, MessageKind.Command, new RingId(0x01020304, 0x1112131415161718));
        bytes[16] = 0xaa;
        bytes[17] = 0xbb;
        Convert.ToHexString(bytes).ShouldBe("0101000004030201" + "1817161514131211" + "AABB");
        ClusterMessage.TryRead(bytes, out var message).ShouldBeTrue();
        message.Kind.ShouldBe(MessageKind.Command);
        message.Ring.ShouldBe(new RingId(0x01020304, 0x1112131415161718));
        message.Payload.ToArray().ShouldBe([0xaa, 0xbb]);
    }

    [Theory]
    [InlineData("", "nothing")]
    [InlineData("01010000000000000000000000000000AA", null)]
    [InlineData("02010000000000000000000000000000AA", "another version")]
    [InlineData("01090000000000000000000000000000AA", "an unknown kind")]
    [InlineData("01020000000000000000000000000000AA", "a heartbeat without its time")]
    [InlineData("01030000000000000000000000000000AA", "fenced without its process")]
    public void What_is_not_of_this_version_is_refused(string hex, string? why) =>
        ClusterMessage.TryRead(Convert.FromHexString(hex), out _).ShouldBe(why is null, why);

    [Fact]
    public void Any_bytes_are_read_or_refused() =>
        Prop.ForAll<byte[]>(bytes => ClusterMessage.TryRead(bytes, out var message) ? message.Payload.Length == bytes.Length - ClusterMessage.HeaderLength : true)
            .QuickCheckThrowOnFailure();
}
