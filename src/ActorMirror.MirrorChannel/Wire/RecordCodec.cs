using ActorMirror.Domain.Addresses;
using ActorMirror.Domain.Connections;
using ActorMirror.Domain.MirrorProtocol;
using ActorMirror.Domain.Persistence;

namespace ActorMirror.MirrorChannel.Wire;

/// <summary>A persistence record: scope 2, address 4 (16), and unless it is gone mark 4, lifetime 4 and what is left of it 4, both in milliseconds.</summary>
internal static class RecordCodec
{
    // A change that takes nothing away: a flow between no addresses is none's. It keeps the place of a change the reader does not know.
    private static readonly FlowKey Nobody = new(TransportProtocol.Tcp, new Endpoint(Address.FromV4(0), 0), new Endpoint(Address.FromV4(0), 0));

    public static void Write(ref WireWriter writer, in MirrorChange change, byte ipv6, bool isHeard)
    {
        if (!isHeard)
        {
            ChangeCodec.WriteKey(ref writer, Nobody, (byte)MirrorChangeKind.Delete);
            return;
        }

        var record = change.Persisted!;
        var isV6 = !record.Key.Value.IsV4;
        writer.U8((byte)((int)change.Kind | (isV6 ? ipv6 : 0)));
        writer.U16((ushort)record.Key.Scope);
        ChangeCodec.WriteAddress(ref writer, record.Key.Value, isV6);
        if (change.Kind != MirrorChangeKind.Persist) return;
        writer.U32(record.Mark.Value);
        writer.U32((uint)record.Timeout.TotalMilliseconds);
        writer.U32((uint)record.Remaining.TotalMilliseconds);
    }

    /// <summary>Null: the bytes are no record.</summary>
    public static PersistenceRecord? Read(ref WireReader reader, byte head, bool isWhole)
    {
        var key = new PersistenceKey(reader.U16(), ChangeCodec.ReadAddress(ref reader, head));
        var (mark, timeout, remaining) = isWhole ? (new FlowMark(reader.U32()), reader.U32(), reader.U32()) : default;
        return reader.Failed || key.Scope is 0 or > FlowMark.MaximumVirtualServer || remaining > timeout || (isWhole && timeout == 0)
            ? null
            : new PersistenceRecord(key, mark, TimeSpan.FromMilliseconds(timeout), TimeSpan.FromMilliseconds(remaining));
    }
}
