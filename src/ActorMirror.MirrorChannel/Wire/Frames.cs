using System.Buffers.Binary;
using ActorMirror.Domain.Connections;
using ActorMirror.Domain.Devices;
using ActorMirror.Domain.MirrorProtocol;
using ActorMirror.Domain.TrafficGroups;

namespace ActorMirror.MirrorChannel.Wire;

/// <summary>
/// Writes whole frames into a buffer of <see cref="MaximumFrame"/> bytes (returns the length) and reads their bodies. Reading never
/// throws and never allocates by a length that was sent: false means that the bytes are not what they claim.
/// </summary>
public static partial class Frames
{
    /// <summary>Length field and type.</summary>
    public const int HeaderSize = 5;

    /// <summary>A whole frame with its header: 512 IPv6 upserts, each with all that a helper can have done, and some.</summary>
    public const int MaximumFrame = 100 * 1024;

    /// <summary>Elements that fit one frame in any case.</summary>
    public const int MaximumElements = (MaximumFrame - HeaderSize - 16) / ChangeCodec.MaximumSize;

    private const uint Magic = 0x414D_4952; // "AMIR"

    public static int Hello(Span<byte> frame, MirrorHello hello)
    {
        var writer = new WireWriter(frame[HeaderSize..]);
        writer.U32(Magic);
        writer.U8(hello.MinimumVersion);
        writer.U8(hello.MaximumVersion);
        writer.U8((byte)hello.Device.Value);
        WriteStream(ref writer, hello.Stream);
        writer.U64(hello.Numbering);
        writer.U32(hello.Features);
        writer.U64((ulong)hello.RetractionsSeen);
        writer.Text(hello.TrafficGroupName);
        writer.Text(hello.Platform);
        writer.U8((byte)hello.Channel.Number);
        writer.U8((byte)hello.Channel.Channels);
        return Finish(frame, FrameType.Hello, writer.Position);
    }

    public static bool TryReadHello(ReadOnlySpan<byte> body, out MirrorHello hello)
    {
        var reader = new WireReader(body);
        var magic = reader.U32();
        hello = new MirrorHello(
            MinimumVersion: reader.U8(),
            MaximumVersion: reader.U8(),
            Device: new DeviceId(reader.U8()),
            Stream: ReadStream(ref reader),
            Numbering: reader.U64(),
            Features: reader.U32(),
            RetractionsSeen: reader.Number(),
            TrafficGroupName: reader.Text(),
            Platform: reader.Text(),
            Channel: new ChannelShare(reader.U8(), reader.U8()));
        // A later version may append fields; they are not ours to judge.
        return magic == Magic && !reader.Failed;
    }

    public static int HelloAnswer(Span<byte> frame, MirrorHelloAnswer answer)
    {
        var writer = new WireWriter(frame[HeaderSize..]);
        writer.U32(Magic);
        writer.U8((byte)answer.Refusal);
        writer.U8(answer.Version);
        writer.U8((byte)answer.Device.Value);
        writer.U32(answer.Features);
        writer.U32((uint)answer.Room);
        WriteStream(ref writer, answer.Stream);
        writer.U64((ulong)answer.Received);
        writer.U64((ulong)answer.Applied);
        writer.Text(answer.Platform);
        writer.Text(answer.Detail);
        return Finish(frame, FrameType.HelloAnswer, writer.Position);
    }

    public static bool TryReadHelloAnswer(ReadOnlySpan<byte> body, out MirrorHelloAnswer answer)
    {
        var reader = new WireReader(body);
        var magic = reader.U32();
        answer = new MirrorHelloAnswer(
            Refusal: (MirrorRefusal)reader.U8(),
            Version: reader.U8(),
            Device: new DeviceId(reader.U8()),
            Features: reader.U32(),
            Room: reader.Count(),
            Stream: ReadStream(ref reader),
            Received: reader.Number(),
            Applied: reader.Number(),
            Platform: reader.Text(),
            Detail: reader.Text());
        return magic == Magic && !reader.Failed;
    }

    /// <param name="changes">1 to <see cref="MaximumElements"/> changes with sequences that follow each other.</param>
    /// <param name="helpers">Whether the reader understands what helpers did; otherwise it is left out.</param>
    /// <param name="persistence">Whether the reader understands persistence records; otherwise a deletion of nothing takes the place of each.</param>
    public static int Changes(Span<byte> frame, ReadOnlySpan<MirrorChange> changes, bool helpers = true, bool persistence = true)
    {
        var writer = new WireWriter(frame[HeaderSize..]);
        writer.U64((ulong)changes[0].Sequence);
        writer.U16((ushort)changes.Length);
        foreach (ref readonly var change in changes) ChangeCodec.Write(ref writer, change, helpers, persistence);
        return Finish(frame, FrameType.Changes, writer.Position);
    }

    /// <summary>Reads into a buffer of at least <see cref="MaximumElements"/> changes.</summary>
    public static bool TryReadChanges(ReadOnlySpan<byte> body, Span<MirrorChange> destination, out int count)
    {
        var reader = new WireReader(body);
        var first = reader.Number();
        count = reader.U16();
        if (reader.Failed || count == 0 || count > destination.Length || first == 0 || first > long.MaxValue - count) return false;
        for (var i = 0; i < count; i++)
        {
            if (!ChangeCodec.TryRead(ref reader, first + i, out destination[i])) return false;
        }

        return reader.IsComplete;
    }

    /// <param name="first">The number of the first one, counted from 1 for each stream.</param>
    public static int Retractions(Span<byte> frame, long first, ReadOnlySpan<Retraction> retractions)
    {
        var writer = new WireWriter(frame[HeaderSize..]);
        writer.U64((ulong)first);
        writer.U16((ushort)retractions.Length);
        foreach (ref readonly var retraction in retractions)
        {
            writer.U64((ulong)retraction.Sequence);
            writer.U8((byte)retraction.Reason);
            ChangeCodec.WriteKey(ref writer, retraction.Key);
        }

        return Finish(frame, FrameType.Retractions, writer.Position);
    }

    /// <summary>Reads into a buffer of at least <see cref="MaximumElements"/> retractions.</summary>
    public static bool TryReadRetractions(ReadOnlySpan<byte> body, Span<Retraction> destination, out long first, out int count)
    {
        var reader = new WireReader(body);
        first = reader.Number();
        count = reader.U16();
        if (reader.Failed || count == 0 || count > destination.Length || first == 0 || first > long.MaxValue - count) return false;
        for (var i = 0; i < count; i++)
        {
            var sequence = reader.Number();
            var reason = (RetractionReason)reader.U8();
            if (!ChangeCodec.TryReadKey(ref reader, out var key) || reason is < RetractionReason.TupleTaken or > RetractionReason.KernelRefused) return false;
            destination[i] = new Retraction(key, sequence, reason);
        }

        return reader.IsComplete;
    }

    /// <summary>Acknowledge and ConfirmRetractions carry one number.</summary>
    public static int Number(Span<byte> frame, FrameType type, long value)
    {
        var writer = new WireWriter(frame[HeaderSize..]);
        writer.U64((ulong)value);
        return Finish(frame, type, writer.Position);
    }

    public static bool TryReadNumber(ReadOnlySpan<byte> body, out long value)
    {
        var reader = new WireReader(body);
        value = reader.Number();
        return reader.IsComplete;
    }

    public static int Ping(Span<byte> frame) => Finish(frame, FrameType.Ping, 0);

    public static int Close(Span<byte> frame, string reason)
    {
        var writer = new WireWriter(frame[HeaderSize..]);
        writer.Text(reason);
        return Finish(frame, FrameType.Close, writer.Position);
    }

    public static bool TryReadClose(ReadOnlySpan<byte> body, out string reason)
    {
        var reader = new WireReader(body);
        reason = reader.Text();
        return reader.IsComplete;
    }

    private static int Finish(Span<byte> frame, FrameType type, int bodyLength)
    {
        BinaryPrimitives.WriteUInt32BigEndian(frame, (uint)bodyLength + 1);
        frame[4] = (byte)type;
        return HeaderSize + bodyLength;
    }

    private static void WriteStream(ref WireWriter writer, StreamId stream)
    {
        writer.U8((byte)stream.TrafficGroup);
        writer.U64(stream.Epoch.Ring);
        writer.U64(stream.Epoch.Index);
        writer.U64(stream.Incarnation);
    }

    private static StreamId ReadStream(ref WireReader reader) => new(reader.U8(), new Epoch(reader.U64(), reader.U64()), reader.U64());
}
