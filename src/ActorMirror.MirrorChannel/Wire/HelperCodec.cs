using ActorMirror.Domain.Addresses;
using ActorMirror.Domain.Connections;

namespace ActorMirror.MirrorChannel.Wire;

/// <summary>
/// What a helper did, behind the record of its connection: the helper, a byte that says what follows, then sequence adjustments (24 bytes), the expected
/// connection (19, with IPv6 55) and the master's flow (12, 36). Its addresses are of the record's family.
/// </summary>
internal static class HelperCodec
{
    private const byte Adjusted = 0x01;
    private const byte Expects = 0x02;
    private const byte HasMaster = 0x04;
    private const byte Reserved = 0xF8;

    public const int MaximumSize = 2 + 24 + (36 + 1 + 18) + 36;

    public static void Write(ref WireWriter writer, HelperState state, bool ipv6)
    {
        writer.U8((byte)state.Helper);
        writer.U8((byte)((state.IsAdjusted ? Adjusted : 0) | (state.Expected is null ? 0 : Expects) | (state.Master is null ? 0 : HasMaster)));
        if (state.IsAdjusted)
        {
            WriteAdjustment(ref writer, state.Original);
            WriteAdjustment(ref writer, state.Reply);
        }

        if (state.Expected is { } expected)
        {
            ChangeCodec.WriteFlow(ref writer, expected.Flow, ipv6);
            writer.U8(expected.Direction);
            ChangeCodec.WriteAddress(ref writer, expected.Saved.Address, ipv6);
            writer.U16(expected.Saved.Port);
        }

        if (state.Master is { } master) ChangeCodec.WriteFlow(ref writer, master, ipv6);
    }

    /// <summary>Null: the bytes are no such state.</summary>
    public static HelperState? Read(ref WireReader reader, byte head)
    {
        var helper = (ConnectionHelper)reader.U8();
        var parts = reader.U8();
        var (original, reply) = (parts & Adjusted) != 0 ? (ReadAdjustment(ref reader), ReadAdjustment(ref reader)) : default;
        var expected = (parts & Expects) != 0 ? ReadExpectation(ref reader, head) : null;
        FlowKey? master = (parts & HasMaster) != 0 ? ChangeCodec.ReadFlow(ref reader, head) : null;
        if (reader.Failed || (parts & Reserved) != 0 || helper > ConnectionHelper.Ftp || expected is { Direction: > 1 } or { Flow.Source.Port: not 0 }) return null;
        return parts == 0 && helper == ConnectionHelper.Ftp ? HelperState.Ftp : new HelperState(helper, original, reply, expected, master);
    }

    private static Expectation ReadExpectation(ref WireReader reader, byte head)
    {
        var flow = ChangeCodec.ReadFlow(ref reader, head);
        var direction = reader.U8();
        var address = ChangeCodec.ReadAddress(ref reader, head);
        return new(flow, direction, new Endpoint(address, reader.U16()));
    }

    private static void WriteAdjustment(ref WireWriter writer, in SequenceAdjustment adjustment)
    {
        writer.U32(adjustment.Position);
        writer.U32((uint)adjustment.Before);
        writer.U32((uint)adjustment.After);
    }

    private static SequenceAdjustment ReadAdjustment(ref WireReader reader) => new(reader.U32(), (int)reader.U32(), (int)reader.U32());
}
