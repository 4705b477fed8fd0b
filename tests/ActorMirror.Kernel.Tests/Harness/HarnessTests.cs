using System.Net;
using System.Net.Sockets;

namespace ActorMirror.Kernel.Tests.Harness;

/// <summary>The harness itself: a body really runs in the fresh namespace.</summary>
public sealed class HarnessTests
{
    [NamespaceFact]
    public void The_namespace_is_fresh_and_further_ones_can_be_connected()
    {
        TestNetwork.Run("ip -brief link").Trim().Split('\n').Length.ShouldBe(1);
        var peer = TestNetwork.Add("peer");
        TestNetwork.Connect(TestNetwork.Own, "here", "10.0.0.1/24", peer, "there", "10.0.0.2/24");
        using var listener = TestNetwork.In(peer, () =>
        {
            var opened = new TcpListener(IPAddress.Parse("10.0.0.2"), 5000);
            opened.Start();
            return opened;
        });
        using var client = new TcpClient("10.0.0.2", 5000);
        using var accepted = listener.AcceptTcpClient();
        accepted.Client.RemoteEndPoint!.ToString()!.ShouldStartWith("10.0.0.1:");
        TestNetwork.In(peer, () => File.ReadAllText("/proc/thread-self/net/dev")).ShouldContain("there");
    }
}
