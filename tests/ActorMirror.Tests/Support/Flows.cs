using ActorMirror.Domain.Addresses;
using ActorMirror.Domain.Connections;

namespace ActorMirror.Tests.Support;

/// <summary>Connections as tests need them: client <c>10.1.x.y</c> to a virtual server, translated to one of some members.</summary>
internal static class Flows
{
    private static readonly Endpoint VirtualServer = Endpoint.Parse("10.10.0.100:80");

    public static FlowKey Key(int number, TransportProtocol protocol = TransportProtocol.Tcp) => new(protocol, Client(number), VirtualServer);

    public static ConnectionRecord Connection(
        int number,
        ConnectionState state = ConnectionState.Established,
        int member = 1,
        TransportProtocol protocol = TransportProtocol.Tcp,
        int group = 1) => new(
            Key(number, protocol),
            new FlowKey(protocol, new Endpoint(Address.FromV4(0x0A14_0000 + (uint)member), 8080), Client(number)),
            FlowMark.Create(group, 1, member),
            protocol == TransportProtocol.Udp ? ConnectionState.None : state,
            7,
            9,
            3,
            1);

    /// <summary>What a helper may have done to an FTP control connection, or null; of the number's family.</summary>
    public static HelperState? Helped(Random random, in ConnectionRecord record)
    {
        if (random.Next(3) == 0) return random.Next(2) == 0 ? null : HelperState.Ftp;
        if (random.Next(4) == 0) return HelperState.ExpectedBy(record.Reply);
        var state = HelperState.Ftp with { Original = Adjustment(random), Reply = Adjustment(random) };
        var flow = record.Original with { Source = record.Original.Source with { Port = 0 }, Destination = record.Original.Destination with { Port = (ushort)random.Next(65536) } };
        return random.Next(2) == 0 ? state : state with { Expected = new Expectation(flow, (byte)random.Next(2), record.Reply.Source) };
    }

    private static SequenceAdjustment Adjustment(Random random) =>
        random.Next(3) == 0 ? default : new SequenceAdjustment((uint)random.NextInt64(uint.MaxValue), random.Next(-20, 20), random.Next(-20, 20));

    private static Endpoint Client(int number) => new(Address.FromV4(0x0A01_0000 + (uint)(number / 50_000)), (ushort)(10_000 + number % 50_000));
}
