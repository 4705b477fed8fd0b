using System.Net;
using System.Net.Sockets;
using ActorMirror.Kernel.Namespaces;
using ActorMirror.Kernel.Neighbors;

namespace ActorMirror.Kernel.Tests.Neighbors;

public sealed class NeighborTableTests : IDisposable
{
    private readonly NamespaceThread _thread = NamespaceThread.Enter(null);
    private readonly NeighborTable _neighbors;

    public NeighborTableTests() => _neighbors = NeighborTable.Open(_thread);

    public void Dispose()
    {
        _neighbors.Dispose();
        _thread.Dispose();
    }

    [NamespaceFact]
    public void What_waits_for_a_neighbour_that_does_not_answer_is_forgotten_with_it()
    {
        TestNetwork.Run("""
            ip link add ext type veth peer name far && ip link set ext up && ip link set far up
            ip link add other type veth peer name beyond && ip link set other up && ip link set beyond up
            ip address add 10.10.0.1/24 dev ext && ip address add 10.11.0.1/24 dev other
            ip neighbour add 10.10.0.8 lladdr 02:00:00:00:00:08 dev ext
            ip address add fd10::1/64 dev ext nodad
            """);
        Send("10.10.0.9");
        Send("10.11.0.9");
        Send("fd10::9");
        TestNetwork.Run("ip neighbour show nud incomplete").ShouldContain("10.10.0.9");
        TestNetwork.Run("ip neighbour show nud incomplete").ShouldContain("fd10::9");

        _neighbors.ForgetUnresolved("ext").ShouldBe(2);

        var left = TestNetwork.Run("ip neighbour show nud incomplete");
        left.ShouldNotContain("10.10.0.9");
        left.ShouldNotContain("fd10::9");
        left.ShouldContain("10.11.0.9", Case.Sensitive, "another interface's");
        TestNetwork.Run("ip neighbour show").ShouldContain("10.10.0.8", Case.Sensitive, "it is resolved");
        _neighbors.ForgetUnresolved("ext").ShouldBe(0);
        _neighbors.ForgetUnresolved("gone").ShouldBe(0);
    }

    private void Send(string address) => _thread.Run(() =>
    {
        var peer = new IPEndPoint(IPAddress.Parse(address), 9);
        using var socket = new Socket(peer.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        return socket.SendTo("x"u8, peer);
    });
}
