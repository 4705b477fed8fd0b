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

    /// <summary>What the event of its creation, or a dump, tells of an expected connection; false: it was not expected.</summary>
    public static bool TryExpected(in ConntrackEntry entry, out FlowEvent expected)
    {
        expected = entry.Master.Protocol == 0
            ? default
            : new FlowEvent(FlowEventKind.Expected, new ConnectionRecord { Original = ToKey(entry.Original), Reply = ToKey(entry.Master), Mark = new FlowMark(entry.Mark) });
        return entry.Master.Protocol != 0;
    }

    public static HelperState ToHelperState(in ConntrackEntry entry, in ConntrackExpectation? expectation) => new(
        ConnectionHelper.Ftp, ToAdjustment(entry.SequenceOriginal), ToAdjustment(entry.SequenceReply), expectation is { } expected
            ? new Expectation(ToKey(expected.Tuple), expected.Direction, new Endpoint(new Address(expected.Saved), expected.SavedPort))
            : null);

    public static ConntrackExpectation ToExpectation(in FlowKey master, Expectation expected) =>
        new(ToTuple(master), ToTuple(expected.Flow), expected.Direction, expected.Saved.Address.Value, expected.Saved.Port);

    public static ConntrackSequence ToSequence(in SequenceAdjustment adjustment) => new(adjustment.Position, adjustment.Before, adjustment.After);

    public static bool IsLarge(in ConntrackEntry entry) => (entry.Labels >> Ruleset.LargeLabel & 1) != 0;

    public static ConntrackEntry ToEntry(in ConnectionRecord record, HelperState? helped) => new()
    {
        Original = ToTuple(record.Original),
        Reply = ToTuple(record.Reply),
        Mark = record.Mark.Value,
        Status = ConntrackStatus.Confirmed | ConntrackStatus.SeenReply | ConntrackStatus.Assured,
        Tcp = ToTcp(record),
        HasFtpHelper = helped?.Helper == ConnectionHelper.Ftp,
        SequenceOriginal = helped is null ? default : ToSequence(helped.Original),
        SequenceReply = helped is null ? default : ToSequence(helped.Reply),
        Master = helped?.Master is { } master ? ToTuple(master) : default,
    };

    public static ConntrackTcp ToTcp(in ConnectionRecord record) => new(
        (TcpState)record.State, record.WindowScaleOriginal, record.WindowScaleReply, (TcpFlags)record.FlagsOriginal, (TcpFlags)record.FlagsReply);

    public static ConntrackTuple ToTuple(in FlowKey key) =>
        new((byte)key.Protocol, key.Source.Address.Value, key.Source.Port, key.Destination.Address.Value, key.Destination.Port);

    public static FlowKey ToKey(in ConntrackTuple tuple) => new(
        (TransportProtocol)tuple.Protocol,
        new Endpoint(new Address(tuple.Source), tuple.SourcePort),
        new Endpoint(new Address(tuple.Destination), tuple.DestinationPort));

    private static SequenceAdjustment ToAdjustment(in ConntrackSequence sequence) => new(sequence.Position, sequence.Before, sequence.After);
}
