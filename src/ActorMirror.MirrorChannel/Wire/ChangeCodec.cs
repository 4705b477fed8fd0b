using ActorMirror.Domain.Addresses;
using ActorMirror.Domain.Connections;
using ActorMirror.Domain.MirrorProtocol;

namespace ActorMirror.MirrorChannel.Wire;

/// <summary>
/// One change: a byte that says what follows, then its fields; the sequence is the frame's first plus the place. An IPv4 upsert takes
/// 32 bytes, an IPv6 one 80; what a helper did comes behind it.
/// </summary>
internal static class ChangeCodec
{
    private const byte KindMask = 0x0F;
    private const byte Ipv6 = 0x10;
    private const byte Udp = 0x20;
    private const byte Helped = 0x40;
    private const byte Reserved = 0x80;

    /// <summary>IP_CT_TCP_FLAG_WINDOW_SCALE and _SACK_PERM (linux/netfilter/nf_conntrack_tcp.h): the others are the entry's own.</summary>
    private const byte TravellingFlags = 0x03;

    private const byte MaximumWindowScale = 14; // RFC 7323 §2.3

    public const int MaximumSize = 1 + 36 + 36 + 7 + HelperCodec.MaximumSize;

    public static void Write(ref WireWriter writer, in MirrorChange change, bool helpers, bool persistence)
    {
        var udp = change.Key.Protocol == TransportProtocol.Udp ? Udp : 0;
        switch (change.Kind)
        {
            case MirrorChangeKind.Upsert or MirrorChangeKind.Reassert:
                var record = change.Record;
                var ipv6 = IsV4(record.Original) && IsV4(record.Reply) ? 0 : Ipv6;
                var helped = helpers ? change.Helped : null;
                writer.U8((byte)((int)change.Kind | ipv6 | udp | (helped is null ? 0 : Helped)));
                WriteFlow(ref writer, record.Original, ipv6 != 0);
                WriteFlow(ref writer, record.Reply, ipv6 != 0);
                writer.U32(record.Mark.Value);
                writer.U8((byte)record.State);
                writer.U8((byte)((record.WindowScaleOriginal << 4) | record.WindowScaleReply));
                writer.U8((byte)(((record.FlagsOriginal & TravellingFlags) << 4) | (record.FlagsReply & TravellingFlags)));
                if (helped is not null) HelperCodec.Write(ref writer, helped, ipv6 != 0);
                break;
            case MirrorChangeKind.Delete:
                WriteKey(ref writer, change.Key, (byte)change.Kind);
                break;
            case MirrorChangeKind.SnapshotBegin or MirrorChangeKind.SnapshotEnd or MirrorChangeKind.Doubt:
                writer.U8((byte)change.Kind);
                writer.U32((uint)change.Count);
                break;
            case MirrorChangeKind.Settle:
                writer.U8((byte)change.Kind);
                break;
            case MirrorChangeKind.Persist or MirrorChangeKind.Unpersist:
                RecordCodec.Write(ref writer, change, Ipv6, persistence);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(change), change.Kind, "no such change");
        }
    }

    /// <summary>False: the bytes are no change.</summary>
    public static bool TryRead(ref WireReader reader, long sequence, out MirrorChange change)
    {
        var head = reader.U8();
        var kind = (MirrorChangeKind)(head & KindMask);
        change = default;
        if ((head & Reserved) != 0 || ((head & Helped) != 0 && kind is not (MirrorChangeKind.Upsert or MirrorChangeKind.Reassert))) return false;
        switch (kind)
        {
            case MirrorChangeKind.Upsert or MirrorChangeKind.Reassert:
                if (!TryReadRecord(ref reader, head, out var record)) return false;
                var helped = (head & Helped) != 0 ? HelperCodec.Read(ref reader, head) : null;
                if (helped is null && (head & Helped) != 0) return false;
                change = new MirrorChange(kind, sequence, record, 0, helped);
                break;
            case MirrorChangeKind.Delete:
                change = MirrorChange.Delete(sequence, ReadFlow(ref reader, head));
                break;
            case MirrorChangeKind.SnapshotBegin:
                change = MirrorChange.SnapshotBegin(sequence, reader.Count());
                break;
            case MirrorChangeKind.SnapshotEnd:
                change = MirrorChange.SnapshotEnd(sequence, reader.Count());
                break;
            case MirrorChangeKind.Doubt:
                change = new MirrorChange(kind, sequence, default, reader.Count());
                if (!change.Buckets.IsValid) return false;
                break;
            case MirrorChangeKind.Settle:
                change = MirrorChange.Settle(sequence);
                break;
            case MirrorChangeKind.Persist or MirrorChangeKind.Unpersist:
                if (RecordCodec.Read(ref reader, head, kind == MirrorChangeKind.Persist) is not { } persisted) return false;
                change = new MirrorChange(kind, sequence, default, 0, null, persisted);
                break;
            default:
                return false;
        }

        return !reader.Failed;
    }

    public static void WriteKey(ref WireWriter writer, in FlowKey key, byte kind = 0)
    {
        var ipv6 = !IsV4(key);
        writer.U8((byte)(kind | (ipv6 ? Ipv6 : 0) | (key.Protocol == TransportProtocol.Udp ? Udp : 0)));
        WriteFlow(ref writer, key, ipv6);
    }

    public static bool TryReadKey(ref WireReader reader, out FlowKey key)
    {
        var head = reader.U8();
        key = ReadFlow(ref reader, head);
        return (head & (Reserved | Helped | KindMask)) == 0 && !reader.Failed;
    }

    private static bool TryReadRecord(ref WireReader reader, byte head, out ConnectionRecord record)
    {
        var original = ReadFlow(ref reader, head);
        var reply = ReadFlow(ref reader, head);
        var mark = new FlowMark(reader.U32());
        var state = (ConnectionState)reader.U8();
        var scales = reader.U8();
        var flags = reader.U8();
        record = new(original, reply, mark, state, (byte)(scales >> 4), (byte)(scales & 15), (byte)(flags >> 4), (byte)(flags & 15));
        return !reader.Failed && state <= ConnectionState.Close && (original.Protocol == TransportProtocol.Tcp || state == ConnectionState.None)
            && record is { WindowScaleOriginal: <= MaximumWindowScale, WindowScaleReply: <= MaximumWindowScale }
            && record is { FlagsOriginal: <= TravellingFlags, FlagsReply: <= TravellingFlags };
    }

    private static bool IsV4(in FlowKey flow) => flow.Source.Address.IsV4 && flow.Destination.Address.IsV4;

    internal static void WriteFlow(ref WireWriter writer, in FlowKey flow, bool ipv6)
    {
        WriteAddress(ref writer, flow.Source.Address, ipv6);
        WriteAddress(ref writer, flow.Destination.Address, ipv6);
        writer.U16(flow.Source.Port);
        writer.U16(flow.Destination.Port);
    }

    internal static void WriteAddress(ref WireWriter writer, Address address, bool ipv6)
    {
        if (ipv6) writer.U128(address.Value);
        else writer.U32(address.V4);
    }

    internal static FlowKey ReadFlow(ref WireReader reader, byte head)
    {
        var source = ReadAddress(ref reader, head);
        var destination = ReadAddress(ref reader, head);
        var protocol = (head & Udp) != 0 ? TransportProtocol.Udp : TransportProtocol.Tcp;
        return new(protocol, new Endpoint(source, reader.U16()), new Endpoint(destination, reader.U16()));
    }

    internal static Address ReadAddress(ref WireReader reader, byte head) =>
        (head & Ipv6) != 0 ? new Address(reader.U128()) : Address.FromV4(reader.U32());
}
