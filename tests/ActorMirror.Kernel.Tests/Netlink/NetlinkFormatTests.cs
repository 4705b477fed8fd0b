using System.Runtime.InteropServices;
using ActorMirror.Kernel.Conntrack;
using ActorMirror.Kernel.Netlink;
using FsCheck;
using FsCheck.Fluent;

namespace ActorMirror.Kernel.Tests.Netlink;

/// <summary>Writer and readers: they agree, and the readers survive any bytes.</summary>
public sealed class NetlinkFormatTests
{
    [Fact]
    public void What_is_written_is_read_again() =>
        Prop.ForAll<(ushort Type, byte[] Value)[], byte[]>((attributes, nested) =>
        {
            var writer = new NetlinkWriter(new byte[256 * 1024]);
            writer.BeginMessage(0x123, NetlinkFlags.Request | NetlinkFlags.Ack, 7);
            writer.PutHeader(0x01020304);
            foreach (var (type, value) in attributes) writer.Put((ushort)(type & 0x3fff), value ?? []);
            var nest = writer.BeginNested(5);
            writer.Put(6, nested);
            writer.EndNested(nest);
            writer.EndMessage();

            var messages = new NetlinkMessages(writer.Written);
            messages.MoveNext().ShouldBeTrue();
            var message = messages.Current;
            (message.Type, message.Flags, message.Sequence).ShouldBe(((ushort)0x123, NetlinkFlags.Request | NetlinkFlags.Ack, 7u));
            var read = message.Attributes(sizeof(int));
            foreach (var (type, value) in attributes)
            {
                read.MoveNext().ShouldBeTrue();
                read.Current.Type.ShouldBe((ushort)(type & 0x3fff));
                read.Current.Payload.ToArray().ShouldBe(value ?? []);
            }

            read.MoveNext().ShouldBeTrue();
            read.Current.Type.ShouldBe((ushort)5);
            var inner = read.Current.Nested;
            inner.MoveNext().ShouldBeTrue();
            inner.Current.Payload.ToArray().ShouldBe(nested);
            inner.MoveNext().ShouldBeFalse();
            read.MoveNext().ShouldBeFalse();
            messages.MoveNext().ShouldBeFalse();
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Random_bytes_are_walked_to_an_end() =>
        Prop.ForAll<byte[]>(bytes => Walk(bytes)).Check(Config.QuickThrowOnFailure.WithMaxTest(2000));

    /// <summary>A real message whose bytes were changed gets deeper into the decoders than random bytes do.</summary>
    [Fact]
    public void A_damaged_conntrack_message_is_walked_to_an_end()
    {
        var whole = Samples.Message(Samples.Tcp(40000));
        Prop.ForAll<int, byte, int>((position, value, cut) =>
        {
            var damaged = whole.ToArray();
            damaged[(position & int.MaxValue) % damaged.Length] = value;
            Walk(damaged.AsSpan(0, damaged.Length - ((cut & int.MaxValue) % damaged.Length)));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(5000));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(9)]
    [InlineData(0xffff)]
    public void An_attribute_of_impossible_length_ends_the_walk(int length)
    {
        var bytes = new byte[8];
        MemoryMarshal.Write(bytes, (ushort)length);
        new NetlinkAttributes(bytes).MoveNext().ShouldBeFalse();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(15)]
    [InlineData(17)]
    [InlineData(int.MaxValue)]
    public void A_message_of_impossible_length_ends_the_walk(int length)
    {
        var bytes = new byte[16];
        MemoryMarshal.Write(bytes, length);
        new NetlinkMessages(bytes).MoveNext().ShouldBeFalse();
    }

    [Fact]
    public void A_full_buffer_is_an_error_and_not_a_cut_message() =>
        Should.Throw<InvalidOperationException>(() =>
        {
            var writer = new NetlinkWriter(new byte[20]);
            writer.BeginMessage(1, NetlinkFlags.None, 0);
            writer.Put(1, "too long");
        });

    [Fact]
    public void An_attribute_beyond_its_length_field_is_an_error() =>
        Should.Throw<InvalidOperationException>(() => new NetlinkWriter(new byte[100_000]).Put(1, new byte[65_533]));

    [Theory]
    [InlineData(Errno.ENOENT, NetlinkFailure.Absent)]
    [InlineData(Errno.ENODEV, NetlinkFailure.Absent)]
    [InlineData(Errno.EEXIST, NetlinkFailure.Exists)]
    [InlineData(Errno.EBUSY, NetlinkFailure.Retry)]
    [InlineData(Errno.ENOBUFS, NetlinkFailure.Overrun)]
    [InlineData(Errno.ENOMEM, NetlinkFailure.NoRoom)]
    [InlineData(Errno.EPERM, NetlinkFailure.NotPermitted)]
    [InlineData(Errno.EINVAL, NetlinkFailure.Refused)]
    [InlineData(Errno.EOPNOTSUPP, NetlinkFailure.Refused)]
    public void An_error_says_what_may_still_be_done(Errno errno, NetlinkFailure failure) =>
        new NetlinkException("test", errno).Failure.ShouldBe(failure);

    private static void Walk(ReadOnlySpan<byte> bytes)
    {
        foreach (var message in new NetlinkMessages(bytes))
        {
            _ = message.Error;
            _ = message.ErrorText();
            ConntrackDecoder.TryEvent(in message, out _);
            ConntrackDecoder.TryEntry(in message, out _);
            WalkAttributes(message.Attributes(4), 4);
        }
    }

    private static void WalkAttributes(NetlinkAttributes attributes, int depth)
    {
        foreach (var attribute in attributes)
        {
            _ = attribute.U8 + attribute.U16BigEndian + attribute.U32BigEndian;
            _ = attribute.U128BigEndian;
            _ = attribute.Text;
            if (depth > 0) WalkAttributes(attribute.Nested, depth - 1);
        }
    }
}
