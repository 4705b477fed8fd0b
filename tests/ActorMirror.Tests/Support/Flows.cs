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

    private static Endpoint Client(int number) => new(Address.FromV4(0x0A01_0000 + (uint)(number / 50_000)), (ushort)(10_000 + number % 50_000));
}
