using ActorMirror.DataPlane.FastL4;
using ActorMirror.Domain.Addresses;
using ActorMirror.Domain.Connections;
using ActorMirror.Kernel.Conntrack;

namespace ActorMirror.DataPlane.Flows;

/// <summary>Between the kernel's entries and the domain's records: the same bits under other names.</summary>
internal static class FlowConversion
{
    // What a handshake negotiated travels; what a connection's course set (CLOSE_INIT, UNACKNOWLEDGED) belongs to the kernel that saw it.
    private const TcpFlags Negotiated = TcpFlags.WindowScale | TcpFlags.SackPerm;

    public static ConnectionRecord ToRecord(in ConntrackEntry entry) => new(
        ToKey(entry.Original),
        ToKey(entry.Reply),
        new FlowMark(entry.Mark),
        (ConnectionState)entry.Tcp.State,
        entry.Tcp.WindowScaleOriginal,
        entry.Tcp.WindowScaleReply,
        (byte)(entry.Tcp.FlagsOriginal & Negotiated),
        (byte)(entry.Tcp.FlagsReply & Negotiated));

    /// <summary>An entry that had time left when it went is missed, unless its connection was closing: a FIN or RST marks it, and shows in its state.</summary>
    public static FlowEventKind ToKind(in ConntrackEvent seen, in ConnectionRecord record) => seen switch
    {
        { Kind: not ConntrackEventKind.Destroy } => FlowEventKind.Seen,
        { Entry.TimeoutSeconds: > 0 } when record.IsOpen => FlowEventKind.Removed,
        _ => FlowEventKind.Gone,
    };

    public static bool IsLarge(in ConntrackEntry entry) => (entry.Labels >> Ruleset.LargeLabel & 1) != 0;

    public static ConntrackEntry ToEntry(in ConnectionRecord record) => new()
    {
        Original = ToTuple(record.Original),
        Reply = ToTuple(record.Reply),
        Mark = record.Mark.Value,
        Status = ConntrackStatus.Confirmed | ConntrackStatus.SeenReply | ConntrackStatus.Assured,
        Tcp = ToTcp(record),
    };

    public static ConntrackTcp ToTcp(in ConnectionRecord record) => new(
        (TcpState)record.State, record.WindowScaleOriginal, record.WindowScaleReply, (TcpFlags)record.FlagsOriginal, (TcpFlags)record.FlagsReply);

    public static ConntrackTuple ToTuple(in FlowKey key) =>
        new((byte)key.Protocol, key.Source.Address.Value, key.Source.Port, key.Destination.Address.Value, key.Destination.Port);

    public static FlowKey ToKey(in ConntrackTuple tuple) => new(
        (TransportProtocol)tuple.Protocol,
        new Endpoint(new Address(tuple.Source), tuple.SourcePort),
        new Endpoint(new Address(tuple.Destination), tuple.DestinationPort));
}
